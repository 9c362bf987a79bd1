//! A network between a console and a server that can be cut: nothing passes, and nothing is said.
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

#[derive(Default)]
struct Way {
    is_cut: Mutex<bool>,
    news: Condvar,
}

impl Way {
    fn pass(&self) {
        let is_cut = self.is_cut.lock().unwrap();
        drop(self.news.wait_while(is_cut, |is_cut| *is_cut).unwrap());
    }
}

/// A way to a port of this machine.
pub(super) struct Network {
    port: u16,
    way: Arc<Way>,
}

impl Network {
    pub(super) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let way = Arc::<Way>::default();
        let carried = way.clone();
        // Ends with the process of the test.
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                carried.pass();
                if let Ok(far) = TcpStream::connect(("127.0.0.1", port)) {
                    carry(&near, &far, &carried);
                    carry(&far, &near, &carried);
                }
            }
        });
        Self { port: own, way }
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(super) fn cut(&self, is_cut: bool) {
        *self.way.is_cut.lock().unwrap() = is_cut;
        self.way.news.notify_all();
    }
}

fn carry(from: &TcpStream, to: &TcpStream, way: &Arc<Way>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    let way = way.clone();
    thread::spawn(move || {
        let mut bytes = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            way.pass();
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
