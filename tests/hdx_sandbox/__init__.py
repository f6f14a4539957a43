# SPDX-License-Identifier: AGPL-3.0-or-later
"""A CKAN that keeps HDX's rules: for tests and rehearsals only, and no part of hxl_kit."""
