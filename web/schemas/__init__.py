"""Shapes of requests and answers whose form is known in code, one module a resource.

What a form's records hold is known only at run time: there the form's own JSON Schema decides
(`GET /api/forms/{app}/{form}/schema`), and `values` is any object here.
"""
