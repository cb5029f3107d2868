"""Proof that a level teaches what it claims: its solutions win and its decoys lose, and not by luck."""

from scalegame.proving.certificate import certificate, is_current, write_certificate
from scalegame.proving.model import AttemptProof, Margin, Proof
from scalegame.proving.prove import prove
from scalegame.proving.report import as_json, report

__all__ = [
    "AttemptProof",
    "Margin",
    "Proof",
    "as_json",
    "certificate",
    "is_current",
    "prove",
    "report",
    "write_certificate",
]
