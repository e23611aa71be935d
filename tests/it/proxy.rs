//! A cable to PostgreSQL that can be pulled and put back.

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub struct Proxy {
    pub port: u16,
    to: String,
    running: Option<JoinHandle<()>>,
}

impl Proxy {
    pub async fn to(host: &str, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut proxy =
            Self { port: listener.local_addr().unwrap().port(), to: format!("{host}:{port}"), running: None };
        proxy.accept(listener);
        proxy
    }

    fn accept(&mut self, listener: TcpListener) {
        let to = self.to.clone();
        self.running = Some(tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new(); // dropped with the task: connections end with it
            while let Ok((mut near, _)) = listener.accept().await {
                let to = to.clone();
                open.spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(to).await {
                        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        }));
    }

    pub async fn pull(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _ = running.await;
        }
    }

    pub async fn put_back(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        self.accept(listener);
    }
}
