//! A plain static host on a free loopback port: the same folder at `/` and at `/some/sub/path/`.
//!
//! It does what any static host does and nothing more: no fallback page, no special headers.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
};

use anyhow::{Context, Result};
use axum::{Router, extract::Request, middleware, middleware::Next, response::Response};
use tokio::{net::TcpListener, task::JoinHandle};
use tower_http::services::ServeDir;

const SUB_PATH: &str = "/some/sub/path";

pub struct Server {
    address: SocketAddr,
    /// Requests that found nothing, as `404 /path`.
    missed: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// # Errors
    /// No loopback port is free.
    pub async fn start(folder: &Path) -> Result<Self> {
        let missed = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no free port")?;
        let address = listener.local_addr()?;
        let noted = Arc::clone(&missed);
        let app = Router::new()
            .nest_service(SUB_PATH, ServeDir::new(folder))
            .fallback_service(ServeDir::new(folder))
            .layer(middleware::from_fn(move |request, next| {
                note(Arc::clone(&noted), request, next)
            }));
        let task = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("axum serves until its task is ended");
        });
        Ok(Self { address, missed, task })
    }

    /// The address of the document.
    pub fn document(&self, sub_path: bool) -> String {
        let path = if sub_path { SUB_PATH } else { "" };
        format!("http://{}{path}/", self.address)
    }

    /// The requests that found nothing since this was last asked.
    pub fn take_missed(&self) -> Vec<String> {
        std::mem::take(&mut self.missed.lock().expect("no holder of this lock panics"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn note(missed: Arc<Mutex<Vec<String>>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    // What the browser holds already (304) was found, too.
    if response.status().is_client_error() || response.status().is_server_error() {
        let line = format!("{} {path}", response.status().as_u16());
        missed.lock().expect("no holder of this lock panics").push(line);
    }
    response
}
