//! The HTTP client for what is no call to an SDK: a pipeline's token, the sign-in of the console.

/// A client that follows no redirect: what it carries is meant for one address. Proxies are those of the environment.
pub(crate) fn client() -> Result<reqwest::Client, String> {
    // Whoever embeds this may have chosen another one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("tenko/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(std::time::Duration::from_secs(10))
        .timeout(std::time::Duration::from_secs(30))
        .http1_only()
        .build()
        .map_err(|error| tenko_aws::wire::on_one_line(&error))
}
