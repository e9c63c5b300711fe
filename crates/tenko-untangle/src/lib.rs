//! How to leave an account that several environments or tenants share.
