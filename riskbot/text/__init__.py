"""What can be said of text before anyone asks what it is about: normal forms, sentences, furniture, addresses."""
