"""Open every page as every role, at a bounded number of questions to the database."""

import pytest
from django.urls import reverse

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import MobileService
from livingcircle_platform.registry.models import ServiceCentre
from livingcircle_platform.registry.models import Space
from livingcircle_platform.territory.models import Source
from tests.platform import make

OK, FORBIDDEN, MISSING = 200, 403, 404
MOST_QUERIES = 16


def kept(model, town, **values):
    made = model(name="样例", code="K-1", area=town.a1, **values)
    made.tidy()
    made.save()
    return made


@pytest.fixture
def one_of_each(town):
    return {
        "outlet": make.outlet(town.a1),
        "merchant": kept(Merchant, town),
        "service_centre": kept(ServiceCentre, town),
        "mobile_service": kept(MobileService, town),
        "space": kept(Space, town),
    }


@pytest.mark.parametrize("slug", LEDGERS)
@pytest.mark.parametrize(
    ("role", "changes"),
    [
        (Role.CITY, True), (Role.DISTRICT, True), (Role.SUBDISTRICT, True),
        (Role.COMMUNITY, True), (Role.PLANNER, False), (Role.LEADER, False),
    ],
)  # fmt: skip
def test_those_of_the_office_see_every_ledger_and_only_some_change_it(
    client, town, one_of_each, slug, role, changes
):
    where = {Role.CITY: town.city, Role.SUBDISTRICT: town.a, Role.COMMUNITY: town.a1}
    client.force_login(make.user("who", (role, where.get(role, town.district))))
    record = one_of_each[slug]
    hidden = slug == "merchant" and not changes
    for name, args in (("list", ()), ("page", (record.pk,)), ("history", (record.pk,))):
        answer = client.get(reverse(f"registry:{slug}_{name}", args=args))
        assert answer.status_code == (FORBIDDEN if hidden else OK), name
    for name, args in (("add", ()), ("edit", (record.pk,))):
        answer = client.get(reverse(f"registry:{slug}_{name}", args=args))
        assert answer.status_code == (OK if changes else FORBIDDEN), name


@pytest.mark.parametrize("slug", LEDGERS)
def test_what_lies_elsewhere_is_missing(client, town, one_of_each, slug):
    client.force_login(make.user("who", (Role.COMMUNITY, town.b1)))
    record = one_of_each[slug]
    for name in ("page", "history", "edit"):
        answer = client.get(reverse(f"registry:{slug}_{name}", args=[record.pk]))
        assert answer.status_code == MISSING, name
    assert "样例" not in client.get(reverse(f"registry:{slug}_list")).content.decode()


def test_a_merchant_sees_and_changes_the_own_shop_only(client, town):
    owner = make.user("owner", (Role.MERCHANT, town.district))
    mine = make.outlet(town.a1, merchant=kept(Merchant, town, user=owner))
    other = make.outlet(town.a1, "别家药店")
    client.force_login(owner)
    page = client.get(reverse("registry:outlet_list")).content.decode()
    assert mine.name in page
    assert other.name not in page
    form = client.get(reverse("registry:outlet_edit", args=[mine.pk])).context["form"]
    assert set(form.fields) == {"state", "hours", "phone", "online", "same_day_online", "step_free"}
    assert client.get(reverse("registry:outlet_edit", args=[other.pk])).status_code == MISSING


@pytest.mark.parametrize("name", ["freshness", "duplicates"])
def test_the_lists_of_work_open(browser, town, name):
    make.outlet(town.a1, phone="010-88888888")
    make.outlet(town.a1, "别的名", phone="010-88888888")
    answer = browser.get(reverse(f"registry:{name}"))
    assert answer.status_code == OK
    assert "果园药店" in answer.content.decode()


def test_a_long_page_asks_no_more_than_a_short_one(browser, town, django_assert_max_num_queries):
    merchant = kept(Merchant, town)
    for number in range(60):
        make.outlet(town.a1, f"店{number}", merchant=merchant)
    for name in ("outlet_list", "freshness"):
        with django_assert_max_num_queries(MOST_QUERIES):
            assert browser.get(reverse(f"registry:{name}") + "?size=100").status_code == OK


def test_what_nobody_knows_is_said(browser, town):
    source = Source.objects.create(district=town.district, title="演示网点", status="made_up")
    shop = make.outlet(town.a1, source=source)
    page = browser.get(reverse("registry:outlet_page", args=[shop.pk])).content.decode()
    assert "从未核实" in page
    assert "虚构" in page
    assert page.count("未核实") > 4
