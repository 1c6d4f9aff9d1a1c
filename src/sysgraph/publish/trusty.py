"""Names that are a digest of what they name, and signatures over it, as nanopublications have them.

Source: Tobias Kuhn, Trusty URI Specification, version 1, module RA, 2015,
https://trustyuri.net; signatures as in nanopub-java, https://github.com/Nanopublication/nanopub-java
"""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from sysgraph.errors import BadFile, MissingExtra
from sysgraph.files import read_bytes
from sysgraph.terms import NAMESPACE, PREFIXES

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["NPX", "THIS", "Key", "Statement", "code_of", "named", "read_key", "signed"]

_BASE = f"{NAMESPACE}np/"
THIS = f"{_BASE} "
"""What is being named: a blank stands for the digest until it is known."""
NPX = PREFIXES["npx"]

Statement = tuple[str, str, str, str | ox.Literal]
"""Graph, subject, predicate and object; IRIs are text, and may begin with ``THIS``."""


def _order(statement: Statement) -> tuple[str | bool, ...]:
    *iris, value = statement
    if isinstance(value, str):
        return (*iris, False, value)
    datatype = "" if value.language else value.datatype.value
    return (*iris, True, value.value, datatype, value.language or "")


def _written(value: str | ox.Literal) -> str:
    if isinstance(value, str):
        return value
    text = value.value.replace("\\", "\\\\").replace("\n", "\\n")
    if value.language:
        return f"@{value.language.lower()} {text}"
    return f"^{value.datatype.value} {text}"


def _normalised(statements: Iterable[Statement]) -> bytes:
    lines = (
        f"{graph}\n{subject}\n{predicate}\n{_written(value)}\n"
        for graph, subject, predicate, value in sorted(set(statements), key=_order)
    )
    return "".join(lines).encode()


def code_of(statements: Iterable[Statement]) -> str:
    """Return the artefact code of statements, the same in whatever order they come."""
    digest = sha256(_normalised(statements)).digest()
    return "RA" + urlsafe_b64encode(digest).decode().rstrip("=")


def named(statements: Iterable[Statement], code: str) -> list[ox.Quad]:
    """Return statements with an artefact code for the blank in their names."""

    def node(iri: str) -> ox.NamedNode:
        known = _BASE + code + iri.removeprefix(THIS) if iri.startswith(THIS) else iri
        return ox.NamedNode(known)

    return [
        ox.Quad(
            node(subject),
            node(predicate),
            node(value) if isinstance(value, str) else value,
            node(graph),
        )
        for graph, subject, predicate, value in statements
    ]


class Key:
    """An RSA key, which signs; needs ``cryptography``."""

    def __init__(self, private: RSAPrivateKey) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        self._private = private
        spki = PublicFormat.SubjectPublicKeyInfo
        public = private.public_key().public_bytes(Encoding.DER, spki)
        self.public = b64encode(public).decode()

    def sign(self, text: bytes) -> str:
        """Return the signature of a text: RSA PKCS #1 v1.5 over SHA-256, in base 64."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return b64encode(self._private.sign(text, PKCS1v15(), SHA256())).decode()


def read_key(path: Path) -> Key:
    """Return the private key in a file: PEM, or base 64 of PKCS #8 alone, as nanopub keeps it.

    Raises:
        MissingExtra: what signs is not installed.
        BadFile: the file holds no private RSA key, or one that asks for a password.
    """
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    except ImportError as error:
        need = f"{path}: signing needs the package cryptography"
        raise MissingExtra(need, "sign") from error
    data = read_bytes(path)
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            private = serialization.load_pem_private_key(data, password=None)
        else:
            private = serialization.load_der_private_key(b64decode(data), password=None)
    except (ValueError, TypeError) as error:
        reason = "this is no private key in PEM or base 64 that needs no password"
        raise BadFile(path, f"{reason}; name the private RSA key to sign with") from error
    if not isinstance(private, RSAPrivateKey):
        raise BadFile(path, "this is no RSA key; nanopublications are signed with RSA")
    return Key(private)


def signed(statements: Iterable[Statement], graph: str, key: Key) -> list[Statement]:
    """Return statements with a signature over them, which stands in one of their graphs."""
    about = f"{THIS}#sig"
    whole = [
        *statements,
        (graph, about, f"{NPX}hasPublicKey", ox.Literal(key.public)),
        (graph, about, f"{NPX}hasAlgorithm", ox.Literal("RSA")),
        (graph, about, f"{NPX}hasSignatureTarget", THIS),
    ]
    signature = ox.Literal(key.sign(_normalised(whole)))
    return [*whole, (graph, about, f"{NPX}hasSignature", signature)]
