"""Installs, fills, starts and stops a CKAN with HDX's rules; standard library only."""
