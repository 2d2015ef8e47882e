"""Measurements, each beside a peer or against a goal in the same run; the tests take their scoring from here."""
