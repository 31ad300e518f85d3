//! A cloud that takes a while for each call, and any number of calls at once: what EC2 is to key
//! pairs, and nothing more.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// What each call takes.
const CALL: Duration = Duration::from_millis(100);

/// A larger request is none.
const LARGEST: usize = 1 << 20;

/// Serves until the process ends; gives where.
pub(super) fn start() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for connection in listener.incoming().filter_map(Result::ok) {
            // Whoever hangs up has what was asked for, or asks again.
            thread::spawn(move || drop(serve(connection)));
        }
    });
    Ok(endpoint)
}

fn serve(mut connection: TcpStream) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut requests = BufReader::new(connection.try_clone()?);
    while let Some(form) = next(&mut requests)? {
        thread::sleep(CALL);
        let (status, text) = match answer(&form) {
            Some(text) => ("200 OK", text),
            None => ("400 Bad Request", refused()),
        };
        let length = text.len();
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/xml\r\n");
        connection.write_all(format!("{head}Content-Length: {length}\r\n\r\n{text}").as_bytes())?;
    }
    Ok(())
}

/// The form of the next request; none if there is no more.
fn next(requests: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if requests.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = line.split_once(':') else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    if length > LARGEST {
        return Err(io::Error::other("the request is too large"));
    }
    let mut form = vec![0; length];
    requests.read_exact(&mut form)?;
    Ok(Some(String::from_utf8_lossy(&form).into_owned()))
}

fn answer(form: &str) -> Option<String> {
    let value = |wanted: &str| {
        form.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == wanted)
    };
    let key = |name: &str| {
        format!(
            "<keyName>{name}</keyName><keyPairId>key-{name}</keyPairId>\
             <keyFingerprint>00:11</keyFingerprint>"
        )
    };
    let (action, content) = match value("Action")?.1 {
        "ImportKeyPair" => ("ImportKeyPair", key(value("KeyName")?.1)),
        "DescribeKeyPairs" => {
            let item = key(value("KeyName.1")?.1);
            ("DescribeKeyPairs", format!("<keySet><item>{item}<tagSet/></item></keySet>"))
        }
        _ => return None,
    };
    Some(format!(
        "<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>r</requestId>{content}</{action}Response>"
    ))
}

fn refused() -> String {
    "<Response><Errors><Error><Code>InvalidAction</Code><Message>There is no such action</Message>\
     </Error></Errors><RequestID>r</RequestID></Response>"
        .to_owned()
}
