//! Speaks to the office's own API over the loopback: one request, one connection, HTTP/1.0, as little as a client needs.

use serde_json::Value;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    /// Behind the host, with `/api/v1`.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The code of a refusal.
    pub fn code(&self) -> String {
        let body = self.json();
        let kind = body["type"].as_str().and_then(|t| t.rsplit(':').next());
        body["code"].as_str().or(kind).unwrap_or_default().to_owned()
    }

    /// Value of a cookie that is set.
    pub fn cookie(&self) -> Option<String> {
        let line = self.head.lines().find(|l| l.to_ascii_lowercase().starts_with("set-cookie:"))?;
        Some(line.split_once(':')?.1.split(';').next()?.trim().to_owned())
    }
}

/// # Errors
/// Nobody answers, or stops in the middle.
pub async fn send(to: SocketAddr, request: &Request) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(to).await?;
    let mut head = format!("{} {} HTTP/1.0\r\nhost: {to}\r\n", request.method, request.path);
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&request.body).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    read(bytes).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
}

/// None: the answer is not whole.
fn read(bytes: Vec<u8>) -> Option<Answer> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = bytes[end + 4..].to_vec();
    let told = head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    (told.is_none_or(|n: usize| n == body.len())).then_some(Answer { status, head, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_cut_off_is_none() {
        let whole =
            b"HTTP/1.0 409 Conflict\r\nContent-Length: 14\r\nSet-Cookie: a=b; Path=/\r\n\r\n{\"code\": \"x-y\"}";
        assert!(read(whole[..whole.len() - 3].to_vec()).is_none());
        assert!(read(whole[..20].to_vec()).is_none());
        let exact = String::from_utf8_lossy(whole).replace("14", "15");
        let answer = read(exact.into_bytes()).unwrap();
        assert_eq!((answer.status, answer.code(), answer.cookie()), (409, "x-y".into(), Some("a=b".into())));
        let kind = Answer { body: b"{\"type\": \"urn:diaba:problem:idempotency-in-flight\"}".to_vec(), ..answer };
        assert_eq!(kind.code(), "idempotency-in-flight");
    }
}
