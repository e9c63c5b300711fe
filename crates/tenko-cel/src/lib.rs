//! CEL expressions of own rules: compiled and checked once, evaluated over resources and scopes.
