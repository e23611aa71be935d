//! A cable to PostgreSQL that can be pulled and put back, or go dead without a word.

use sqlx::ConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub struct Proxy {
    pub port: u16,
    to: String,
    running: Option<JoinHandle<()>>,
    /// What is on the line in the meantime is lost, and so is the connection: it stays open and says nothing ever again.
    dead: watch::Sender<bool>,
}

impl Proxy {
    pub async fn to(host: &str, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port_here, to) = (listener.local_addr().unwrap().port(), format!("{host}:{port}"));
        let mut proxy = Self { port: port_here, to, running: None, dead: watch::Sender::new(false) };
        proxy.accept(listener);
        proxy
    }

    /// The address of what `pool` is connected to, by way of this cable.
    #[allow(dead_code, reason = "not every test binary needs it")]
    pub fn way_to(&self, pool: &sqlx::PgPool) -> String {
        let mut url = pool.connect_options().to_url_lossy();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(self.port)).unwrap();
        url.to_string()
    }

    fn accept(&mut self, listener: TcpListener) {
        let (to, dead) = (self.to.clone(), self.dead.clone());
        self.running = Some(tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new(); // dropped with the task: connections end with it
            while let Ok((near, _)) = listener.accept().await {
                let (to, dead) = (to.clone(), dead.subscribe());
                open.spawn(async move {
                    if let Ok(far) = TcpStream::connect(to).await {
                        carry(near, far, dead).await;
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

    /// All connections, and those made from now on, are half-open: nobody is told that nothing comes through.
    #[allow(dead_code, reason = "not every test binary needs it")]
    pub fn go_dead(&self) {
        self.dead.send_replace(true);
    }

    /// New connections work again; those that died stay as they are.
    #[allow(dead_code, reason = "not every test binary needs it")]
    pub fn revive(&self) {
        self.dead.send_replace(false);
    }
}

async fn carry(near: TcpStream, far: TcpStream, mut dead: watch::Receiver<bool>) {
    let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.into_split(), far.into_split());
    let died = tokio::select! {
        _ = dead.wait_for(|dead| *dead) => true,
        () = copy(&mut near_in, &mut far_out) => false,
        () = copy(&mut far_in, &mut near_out) => false,
    };
    if died {
        std::future::pending::<()>().await;
    }
}

async fn copy(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(n @ 1..) = from.read(&mut bytes).await {
        if to.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}
