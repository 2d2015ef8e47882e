"""Certificates of every quality, made anew by openssl."""

import shutil
import ssl
import subprocess
from functools import cache
from pathlib import Path

_EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Certificates:
    """Keys and certificates in a folder. `trusted`: the authorities that whoever asks has to know."""

    def __init__(self, folder: Path, hosts: list[str]) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.trusted = folder / "trusted.pem"
        self.context = cache(self._context)
        if not shutil.which("openssl"):
            return
        names = ",".join(f"IP:{host}" for host in hosts)
        self._make("good", names, ["-days", "2"])
        self._make("unknown", names, ["-days", "2"])
        self._make("other", "DNS:other.example", ["-days", "2"])
        self._make_expired(names)
        self.trusted.write_bytes(
            b"".join((folder / f"{name}.crt").read_bytes() for name in ("good", "other", "expired"))
        )

    def _context(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / f"{name}.crt", self._folder / f"{name}.key")
        return context

    def _make(self, name: str, names: str, more: list[str]) -> None:
        self._openssl("req", "-x509", *_EC, "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", *more,
                      "-keyout", f"{name}.key", "-out", f"{name}.crt")  # fmt: skip

    def _make_expired(self, names: str) -> None:
        """`req -x509` makes none of the past; `ca` does, with a small database of its own."""
        (self._folder / "index.txt").write_text("")
        (self._folder / "ca.cnf").write_text(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nnew_certs_dir = .\nrand_serial = yes\n"
            f"default_md = sha256\npolicy = any\nx509_extensions = names\n[any]\ncommonName = supplied\n"
            f"[names]\nsubjectAltName = {names}\nbasicConstraints = CA:TRUE\n"
        )
        self._openssl("req", "-new", *_EC, "-subj", "/CN=expired", "-keyout", "expired.key", "-out", "expired.csr")
        self._openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-selfsign", "-keyfile", "expired.key",
                      "-in", "expired.csr", "-startdate", "20200101000000Z", "-enddate", "20210101000000Z",
                      "-out", "expired.crt")  # fmt: skip

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)
