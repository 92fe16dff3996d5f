"""Set what holds for every test."""

from hypothesis import HealthCheck
from hypothesis import settings

# Machines that run the tests are shared and noisy; time is measured in benchmarks only.
settings.register_profile(
    "livingcircle",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("livingcircle")
