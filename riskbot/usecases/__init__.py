"""What people ask of riskbot, one file each. They act through the ports and know no library."""
