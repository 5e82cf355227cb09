//! News between the tabs of one phone. Not data: a tab that hears something reads the store.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

/// What a tab tells the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// Outbox or logs have changed.
    Records,
    /// Drafts have changed.
    Drafts,
    /// The phone was handed to an owner or taken back.
    Hands,
    /// The phone was locked.
    Locked,
    /// Somebody has logged in or out.
    Person,
}

/// The channel of all tabs. A browser without one has one tab's view only until it reloads.
#[derive(Debug, Clone)]
pub struct Broadcast(Option<BroadcastChannel>);

impl Broadcast {
    /// No channel: nobody hears.
    pub fn none() -> Self {
        Self(None)
    }

    /// Joins the channel; `hear` is called with what other tabs tell.
    pub fn join(hear: impl Fn(News) + 'static) -> Self {
        let channel = BroadcastChannel::new("doorstep").ok();
        if let Some(channel) = &channel {
            let listen = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                let text = event.data().as_string().unwrap_or_default();
                if let Ok(news) = serde_json::from_str(&text) {
                    hear(news);
                }
            });
            channel.set_onmessage(Some(listen.as_ref().unchecked_ref()));
            // Kept for as long as the page lives.
            listen.forget();
        }
        Self(channel)
    }

    /// Tells the other tabs.
    pub fn tell(&self, news: News) {
        if let Some(channel) = &self.0 {
            let text = serde_json::to_string(&news).expect("news are plain names");
            // A closed channel has no listeners either.
            channel
                .post_message(&JsValue::from_str(&text))
                .unwrap_or_default();
        }
    }
}
