"""How the random tests run: the same examples every time; `--hypothesis-profile=thorough` looks further."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}

# Making a failing example smaller takes minutes; the thorough run does it.
settings.register_profile("brief", derandomize=True, max_examples=60, phases=[Phase.explicit, Phase.generate], **COMMON)
settings.register_profile("thorough", max_examples=3000, **COMMON)
settings.load_profile("brief")
