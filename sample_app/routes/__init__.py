"""The endpoints, one blueprint a resource. Each is given what it needs; none looks anything up."""
