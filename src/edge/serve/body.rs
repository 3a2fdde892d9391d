//! What is sent as the body of an answer: bytes in memory, a part of a file, events as they come.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// How much of a file is read at once.
const PIECE: usize = 128 * 1024;

/// The body of an answer.
#[derive(Debug)]
pub(super) enum Reply {
    /// These bytes, once.
    Bytes(Option<Bytes>),
    /// Pieces that somebody sends; their sum, where it is known.
    Pieces { pieces: mpsc::Receiver<io::Result<Bytes>>, len: Option<u64> },
}

impl Reply {
    pub(super) fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::Bytes(Some(bytes.into()))
    }

    pub(super) const fn empty() -> Self {
        Self::Bytes(None)
    }

    /// A part of bytes that are shared with the bundle, without a copy.
    pub(super) fn part(bytes: &Arc<[u8]>, range: Range<u64>) -> Self {
        let whole = Bytes::from_owner(Shared(Arc::clone(bytes)));
        let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(whole.len());
        Self::bytes(whole.slice(at(range.start)..at(range.end)))
    }

    /// A part of an open file, read piece by piece as fast as it is taken.
    pub(super) fn file(mut file: File, range: Range<u64>) -> Self {
        let (sender, pieces) = mpsc::channel(1);
        let len = range.end - range.start;
        tokio::spawn(async move {
            let mut at = range.start;
            while at < range.end {
                let want = usize::try_from(range.end - at).unwrap_or(PIECE).min(PIECE);
                // A thread that reads is taken for one piece only: a reader who stops holds none.
                let (returned, piece) = match tokio::task::spawn_blocking(move || read(file, at, want)).await {
                    Ok(read) => read,
                    Err(_) => return,
                };
                file = returned;
                at += piece.as_ref().map_or(0, |piece| piece.len() as u64);
                let failed = piece.is_err();
                if sender.send(piece).await.is_err() || failed {
                    return;
                }
            }
        });
        Self::Pieces { pieces, len: Some(len) }
    }
}

fn read(mut file: File, at: u64, want: usize) -> (File, io::Result<Bytes>) {
    let mut piece = vec![0; want];
    let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut piece));
    (file, read.map(|()| piece.into()))
}

struct Shared(Arc<[u8]>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Bytes(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Pieces { pieces, .. } => {
                pieces.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Bytes(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Pieces { len: Some(len), .. } => SizeHint::with_exact(*len),
            Self::Pieces { len: None, .. } => SizeHint::default(),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Bytes(None))
    }
}
