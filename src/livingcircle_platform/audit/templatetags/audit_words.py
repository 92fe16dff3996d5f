"""Say actions and kinds in words."""

from django import template

from livingcircle_platform.audit import words

register = template.Library()
register.filter("action_title", words.action_title)
register.filter("kind_title", words.kind_title)
