"""The demo CRM: HubSpot's API over a table, with a page to look at it."""
