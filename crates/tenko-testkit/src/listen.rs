//! What every server here does: listen on a loopback port, serve each connection, stop when dropped.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

const RETRY_ACCEPT: Duration = Duration::from_millis(20);

/// A server on a loopback port. It stops when dropped.
pub(crate) struct Listening {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Listening {
    /// Serves each connection with a future of its own.
    pub(crate) async fn start<F>(
        serve: impl Fn(TokioIo<TcpStream>) -> F + Send + 'static,
    ) -> io::Result<Self>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(accept(listener, serve));
        Ok(Self { address, server })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // The task owns the connections, so they end with it.
        self.server.abort();
    }
}

async fn accept<F>(listener: TcpListener, serve: impl Fn(TokioIo<TcpStream>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        // Connections that have ended must not pile up.
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: wait for some to come back.
            tokio::time::sleep(RETRY_ACCEPT).await;
            continue;
        };
        // Answers are small and come in two writes.
        let _ = stream.set_nodelay(true);
        connections.spawn(serve(TokioIo::new(stream)));
    }
}
