//! The question for the terminal's background (OSC 11), and its answer.

use std::future::pending;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use crate::error::Result;
use crate::ui::input::{ColourOf, Reader, Reply};
use crate::ui::output;
use crate::ui::theme::Background;

/// What asks for the colour behind text.
const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";

/// How long the answer is waited for, while keys and frames go on.
const PATIENCE: Duration = Duration::from_millis(100);

/// A question that is asked once.
pub struct BackgroundQuestion {
    replies: Option<Receiver<Reply>>,
    until: Instant,
}

impl BackgroundQuestion {
    /// Asks, if that is wanted.
    ///
    /// # Errors
    /// Where the terminal cannot be written to.
    pub fn ask(input: &Reader, wanted: bool) -> Result<Self> {
        // Listens before it asks.
        let replies = wanted.then(|| input.replies());
        if wanted {
            output::send(QUESTION)?;
        }
        Ok(Self { replies, until: Instant::now() + PATIENCE })
    }

    /// The background, once; never where nobody answers in time.
    pub async fn answer(&mut self) -> Background {
        while let Some(replies) = &mut self.replies {
            match timeout_at(self.until, replies.recv()).await {
                Ok(Ok(Reply::Colour { of: ColourOf::Background, rgb })) => {
                    self.replies = None;
                    return Background::of(rgb);
                }
                Ok(Ok(_) | Err(RecvError::Lagged(_))) => {}
                Ok(Err(RecvError::Closed)) | Err(_) => self.replies = None,
            }
        }
        pending().await
    }
}
