"""Show fields: hints are text, the password rules are the one list."""

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.template.loader import render_to_string


def shown(help_text):
    """Return one field with a hint as the pages show it."""
    asks = type("Asks", (forms.Form,), {"name": forms.CharField(help_text=help_text)})
    return render_to_string("core/field.html", {"field": asks()["name"]})


def test_a_hint_is_text():
    page = shown("不超过 <b>3</b> 家")
    assert "&lt;b&gt;3&lt;/b&gt;" in page
    assert "<b>" not in page


def test_the_rules_of_passwords_stay_a_list():
    assert "<ul><li>" in shown(password_validators_help_text_html())
