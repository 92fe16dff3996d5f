"""Render forms in the house's looks: label, field, hint, and the error beside the field."""

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Lay out every form by one template."""

    form_template_name = "core/form.html"
    field_template_name = "core/field.html"
