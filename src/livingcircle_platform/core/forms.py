"""Render forms in the house's looks: label, field, hint, and the error beside the field."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Lay out every form by one template, with the same words and icons as every page."""

    form_template_name = "core/form.html"
    field_template_name = "core/field.html"
