"""Attach photographs, entrances and stops; what a file hides does not survive."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.urls import reverse
from PIL import Image

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry import pictures
from livingcircle_platform.registry.models import Entrance
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import MobileService
from livingcircle_platform.registry.models import MobileStop
from livingcircle_platform.registry.models import Photo
from livingcircle_platform.registry.models import Space
from tests.platform import make
from tests.platform.registry.conftest import kept

SECRET = b"GPS-SECRET-PLACE"


def photograph(size=(40, 20), kind="JPEG", tail=b""):
    """Return a file with a hidden description, a rotation, and something behind its end."""
    image = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), 6  # description; turned by 90°
    file = io.BytesIO()
    image.save(file, kind, exif=exif)
    return io.BytesIO(file.getvalue() + tail)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_only_pixels_survive(town, worker, kind):
    shop = make.outlet(town.a1)
    source = photograph(kind=kind, tail=b"<script>alert(1)</script>")
    photo = actions.add_photo(shop, source, acting_user=worker)
    assert (photo.width, photo.height) == (20, 40)  # upright
    data = pictures.path_of(photo.sha256).read_bytes()
    assert SECRET not in data
    assert b"<script>" not in data
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, dict(image.getexif())) == ("JPEG", {})


def test_a_large_one_is_made_smaller(town, worker):
    photo = actions.add_photo(make.outlet(town.a1), photograph((4000, 100)), acting_user=worker)
    assert max(photo.width, photo.height) == pictures.LONGEST_SIDE


@pytest.mark.parametrize("data", [b"", b"<svg onload='x'/>", b"\xff\xd8\xff\xe0 broken", b"GIF89a"])
def test_what_is_no_photograph_is_refused(town, worker, data, unchanged):
    shop = make.outlet(town.a1)
    unchanged()
    with pytest.raises(RefusedError, match="不是能读的照片"):
        actions.add_photo(shop, io.BytesIO(data), acting_user=worker)
    assert not Photo.objects.exists()


def test_too_many_pixels_are_refused_before_they_are_read(town, worker, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(RefusedError, match="像素太多"):
        actions.add_photo(make.outlet(town.a1), photograph(), acting_user=worker)


def test_no_transaction_waits_for_the_pixels(town, worker, monkeypatch):
    shop, outside, seen = make.outlet(town.a1), len(connection.savepoint_ids), []
    make_anew = pictures.made_anew

    def watched(contents):
        seen.append(len(connection.savepoint_ids))
        return make_anew(contents)

    monkeypatch.setattr(pictures, "made_anew", watched)
    actions.add_photo(shop, photograph(), acting_user=worker)
    assert seen == [outside]


def test_a_room_is_photographed_too(town, worker, leader):
    room = kept(Space, town.a1)
    assert actions.add_photo(room, photograph(), acting_user=worker).space == room
    with pytest.raises(NotAllowedError):
        actions.add_photo(room, photograph(), acting_user=leader)


def test_an_owner_photographs_the_own_shop(town, owner):
    mine = make.outlet(town.a1, merchant=kept(Merchant, town.a1, user=owner))
    other = make.outlet(town.a1, "别家")
    assert actions.add_photo(mine, photograph(), acting_user=owner)
    with pytest.raises(MissingError):
        actions.add_photo(other, photograph(), acting_user=owner)


def test_a_photograph_is_sent_as_nothing_but_a_picture(client, town, worker):
    photo = actions.add_photo(make.outlet(town.a1), photograph(), acting_user=worker)
    address = reverse("registry:photo", args=[photo.pk])
    client.force_login(make.user("far", (Role.COMMUNITY, town.b1)))
    assert client.get(address).status_code == 404
    client.force_login(worker)
    answer = client.get(address)
    b"".join(answer.streaming_content)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_an_entrance_stands_on_earth(town, worker):
    shop = make.outlet(town.a1)
    made = actions.add_entrance(Entrance(outlet=shop, lon=116.3, lat=39.9), acting_user=worker)
    actions.remove_entrance(made, seen=1, acting_user=worker)
    with pytest.raises(RefusedError):
        actions.add_entrance(Entrance(outlet=shop, lon=200, lat=39.9), acting_user=worker)


def test_a_stop_has_days_and_an_order_of_times(town, worker):
    service = kept(MobileService, town.a1)
    told = {"service": service, "place": "南门", "lon": 116.3, "lat": 39.9}
    times = {"begins": dt.time(9), "ends": dt.time(11)}
    made = actions.add_stop(MobileStop(**told, **times, weekdays=("1", "3")), acting_user=worker)
    assert made.weekdays == ("1", "3")
    turned = {"begins": dt.time(11), "ends": dt.time(9)}
    with pytest.raises(RefusedError) as caught:
        actions.add_stop(MobileStop(**told, **turned, weekdays=()), acting_user=worker)
    assert set(caught.value.fields) == {"weekdays", "ends"}
