"""Certificates for tests of encrypted connections: an authority of our own and what it signed, good for nothing else.

Made once with openssl 3 (P-256), valid from 2024 to 2124 but for the one that is not; the authority's own key was
thrown away. Written without their frames, so that no key looks as if it had been left lying about.
"""

from __future__ import annotations

import base64
import ssl
from pathlib import Path

AUTHORITY = (
    "MIIBZTCCAQugAwIBAgIBBDAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5UZXN0IGF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTI0MDEw"
    "MTAwMDAwMFowGTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASLvkqwYgw1TeW++pf+x/+a89eQ"
    "AgTvx7jbWjqNO3kSLRTYpw3X5Fnxft8HUtIuWOk0XyFqtY5of+PifYN4Kvllo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIB"
    "BjAdBgNVHQ4EFgQUydxEJQAImC1VG107o2yBsNQWJFAwCgYIKoZIzj0EAwIDSAAwRQIhALm/Kt6KUxx85hFbn2D5HHKjIg+Z5irX4fPTJFrS"
    "IdJaAiBmBaVlU7ENh8gXzQlmGfcYNnfLMPy9hST4kZlLYRT9Qw=="
)
GOOD = (  # for news.example
    "MIIBnzCCAUWgAwIBAgIBBTAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5UZXN0IGF1dGhvcml0eTAgFw0yNDAxMDEwMDAwMDBaGA8yMTI0MDEw"
    "MTAwMDAwMFowFzEVMBMGA1UEAwwMbmV3cy5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEu02SC1r5lk9UHfbglJlSR0FUVV85"
    "xksjxGtanvYxrJlMJnWhCy3zHLQAQWnQqVfUEpizgUM2s6FwwmFkX830RKN+MHwwDAYDVR0TAQH/BAIwADAdBgNVHQ4EFgQUxz7zGiQyrIi+"
    "X8Mt0PbxkAHC0gswHwYDVR0jBBgwFoAUydxEJQAImC1VG107o2yBsNQWJFAwEwYDVR0lBAwwCgYIKwYBBQUHAwEwFwYDVR0RBBAwDoIMbmV3"
    "cy5leGFtcGxlMAoGCCqGSM49BAMCA0gAMEUCID9b5VsAf3+6wINlQMDS3zeNVJPVd4gHsNIDAABqN3r1AiEA7jcw1t9/04oDSw8e87W+uF90"
    "EuFoMhetSQ1cjaliBjw="
)
EXPIRED = (  # for news.example, until 2021
    "MIIBnjCCAUOgAwIBAgIBBjAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5UZXN0IGF1dGhvcml0eTAeFw0yMDAxMDEwMDAwMDBaFw0yMTAxMDEw"
    "MDAwMDBaMBcxFTATBgNVBAMMDG5ld3MuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLtNkgta+ZZPVB324JSZUkdBVFVfOcZL"
    "I8RrWp72MayZTCZ1oQst8xy0AEFp0KlX1BKYs4FDNrOhcMJhZF/N9ESjfjB8MAwGA1UdEwEB/wQCMAAwHQYDVR0OBBYEFMc+8xokMqyIvl/D"
    "LdD28ZABwtILMB8GA1UdIwQYMBaAFMncRCUACJgtVRtdO6NsgbDUFiRQMBMGA1UdJQQMMAoGCCsGAQUFBwMBMBcGA1UdEQQQMA6CDG5ld3Mu"
    "ZXhhbXBsZTAKBggqhkjOPQQDAgNJADBGAiEA30N6Vb5vfg5vlZBYK3BYGjY2KOG2qvMegZt+63fcoS4CIQCQ5ctQ8Xjic59ECU12BCxGZM8B"
    "TVzLZysA5bu1nrGGug=="
)
ELSEWHERE = (  # for other.example
    "MIIBojCCAUegAwIBAgIBBzAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5UZXN0IGF1dGhvcml0eTAgFw0yNDAxMDEwMDAwMDBaGA8yMTI0MDEw"
    "MTAwMDAwMFowGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLtNkgta+ZZPVB324JSZUkdBVFVf"
    "OcZLI8RrWp72MayZTCZ1oQst8xy0AEFp0KlX1BKYs4FDNrOhcMJhZF/N9ESjfzB9MAwGA1UdEwEB/wQCMAAwHQYDVR0OBBYEFMc+8xokMqyI"
    "vl/DLdD28ZABwtILMB8GA1UdIwQYMBaAFMncRCUACJgtVRtdO6NsgbDUFiRQMBMGA1UdJQQMMAoGCCsGAQUFBwMBMBgGA1UdEQQRMA+CDW90"
    "aGVyLmV4YW1wbGUwCgYIKoZIzj0EAwIDSQAwRgIhAJrAuC6auYrEV9JPShl2AmUvNfNR52L+ZSDK9Hc7HgNhAiEAn5bI05S5txao5nb0ekwx"
    "q2CNtQVCTbNIQYIl/1zedLs="
)
SELF_SIGNED = (  # for news.example, vouched for by nobody
    "MIIBWTCB/6ADAgECAgEIMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDG5ld3MuZXhhbXBsZTAgFw0yNDAxMDEwMDAwMDBaGA8yMTI0MDEwMTAw"
    "MDAwMFowFzEVMBMGA1UEAwwMbmV3cy5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEu02SC1r5lk9UHfbglJlSR0FUVV85xksj"
    "xGtanvYxrJlMJnWhCy3zHLQAQWnQqVfUEpizgUM2s6FwwmFkX830RKM6MDgwHQYDVR0OBBYEFMc+8xokMqyIvl/DLdD28ZABwtILMBcGA1Ud"
    "EQQQMA6CDG5ld3MuZXhhbXBsZTAKBggqhkjOPQQDAgNJADBGAiEAnPo8CqK+v579Iqnwnn1ph7OW7TYlaZcvMFNqfYpPevMCIQC3L30hZ2DJ"
    "INL7fvH8S3negE3+lG1DYyXG3D/MWKitAA=="
)
_KEY = (  # of all four
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmjlOY1NjgXmhjHAfTR6DQAtbgqMUVRR5S88L3X3i/CahRANCAAS7TZILWvmW"
    "T1Qd9uCUmVJHQVRVXznGSyPEa1qe9jGsmUwmdaELLfMctABBadCpV9QSmLOBQzazoXDCYWRfzfRE"
)


def serving(certificate: str, folder: Path) -> ssl.SSLContext:
    """A server that shows this certificate; `folder` takes the file that the library wants."""
    chain = folder / "chain.pem"
    chain.write_text(_framed("CERTIFICATE", certificate) + _framed("PRIVATE KEY", _KEY), encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context


def trusting() -> ssl.SSLContext:
    """A client that believes our authority and nobody else."""
    return ssl.create_default_context(cadata=_framed("CERTIFICATE", AUTHORITY))


def _framed(kind: str, text: str) -> str:
    wrapped = base64.encodebytes(base64.b64decode(text)).decode("ascii")
    return f"-----BEGIN {kind}-----\n{wrapped}-----END {kind}-----\n"
