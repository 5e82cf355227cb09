//! `doorstep serve`: the server itself, until SIGTERM or Ctrl-C.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use clap::Args;

use super::{Answer, CommandError, Outcome};
use crate::app::{App, Shared};
use crate::heads;
use crate::origin::Reach;
use crate::routes::router;
use crate::store::Database;

/// How long requests under way may take to end once the server was told to.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  doorstep serve\n  doorstep serve --host 0.0.0.0 --port 443 \
                        --cert cert.pem --key key.pem\n  doorstep serve --behind-proxy \
                        --public-origin https://doorstep.example"
)]
pub(super) struct ServeArguments {
    /// The port; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// Speak HTTPS with this certificate chain (PEM).
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// A reverse proxy that speaks HTTPS stands before this server: believe its
    /// X-Forwarded-Proto, -Host and -For. `--behind-proxy=2` for two, one behind the other, and so
    /// on: each adds one address to X-Forwarded-For.
    #[arg(long, value_name = "PROXIES", num_args = 0..=1, require_equals = true,
          default_value_t = 0, default_missing_value = "1", hide_default_value = true)]
    behind_proxy: u8,
    /// The origin that people's browsers show, if it does not follow from their requests.
    #[arg(long, value_name = "URL", value_parser = origin)]
    public_origin: Option<String>,
}

pub(super) fn run(
    arguments: ServeArguments,
    database: Database,
    answer: &mut Answer<'_>,
) -> Result<Outcome, CommandError> {
    let tls = arguments.cert.is_some();
    if !(arguments.host.is_loopback() || tls || arguments.behind_proxy > 0) {
        return Err(CommandError::Usage(format!(
            "phones keep log-ins and sign only over HTTPS: to listen on {} give --cert and --key, \
             or --behind-proxy if a reverse proxy speaks HTTPS for this server",
            arguments.host
        )));
    }
    let address = SocketAddr::new(arguments.host, arguments.port);
    let listener =
        TcpListener::bind(address).map_err(CommandError::io(format!("listening on {address}")))?;
    let bound = listener
        .local_addr()
        .map_err(CommandError::io("listening"))?;
    let url = format!("{}://{bound}", if tls { "https" } else { "http" });
    let runtime = tokio::runtime::Runtime::new().map_err(CommandError::io("starting"))?;
    runtime.block_on(async {
        let certificate = certificate(&arguments).await?;
        let end = told_to_end();
        // From here on connections wait in the listener's queue until they are answered.
        answer.line(&format!("Doorstep listens on {url}"))?;
        answer.json(&serde_json::json!({"listening": url}))?;
        answer
            .out
            .flush()
            .map_err(CommandError::io("writing the answer"))?;
        let reach = Reach {
            public_origin: arguments.public_origin,
            tls,
            proxies: arguments.behind_proxy,
        };
        let app = App::new(database, reach);
        tokio::spawn(heads::keep_stating(app.clone()));
        serve(listener, certificate, app, end).await
    })?;
    Ok(Outcome::Fine)
}

async fn certificate(arguments: &ServeArguments) -> Result<Option<RustlsConfig>, CommandError> {
    let (Some(cert), Some(key)) = (&arguments.cert, &arguments.key) else {
        return Ok(None);
    };
    // Two of them may be compiled in; this one needs no further tools to build.
    let provider = rustls::crypto::ring::default_provider();
    if provider.install_default().is_err() {
        tracing::debug!("a crypto provider is installed already");
    }
    let what = format!("reading {} and {}", cert.display(), key.display());
    let config = RustlsConfig::from_pem_file(cert, key)
        .await
        .map_err(CommandError::io(what))?;
    Ok(Some(config))
}

async fn serve(
    listener: TcpListener,
    certificate: Option<RustlsConfig>,
    app: Shared,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), CommandError> {
    let failed = || CommandError::io("serving");
    listener.set_nonblocking(true).map_err(failed())?;
    let handle = Handle::new();
    let ending = handle.clone();
    tokio::spawn(async move {
        end.await;
        tracing::info!("ending");
        ending.graceful_shutdown(Some(GRACE));
    });
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    if let Some(certificate) = certificate {
        let server = axum_server::from_tcp_rustls(listener, certificate).map_err(failed())?;
        server.handle(handle).serve(service).await.map_err(failed())
    } else {
        let server = axum_server::from_tcp(listener).map_err(failed())?;
        server.handle(handle).serve(service).await.map_err(failed())
    }
}

/// Waits for SIGTERM (a service manager's word) or Ctrl-C, from this call on and not only from
/// the first poll: whoever reads that the server listens may end it at once.
#[cfg(unix)]
fn told_to_end() -> impl Future<Output = ()> + Send {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).expect("signals can be listened to");
    let mut terminated = listen(SignalKind::terminate());
    let mut interrupted = listen(SignalKind::interrupt());
    async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn told_to_end() {
    // Where it cannot be listened to, the server runs until it is killed.
    let _ = tokio::signal::ctrl_c().await;
}

/// An origin as browsers write it: scheme, host, port if not the scheme's own, nothing else.
fn origin(text: &str) -> Result<String, String> {
    let uri: axum::http::Uri = text.parse().map_err(|_| "not an origin".to_owned())?;
    let scheme = uri
        .scheme_str()
        .filter(|scheme| matches!(*scheme, "https" | "http"));
    let bare = matches!(text.matches('/').count(), 2);
    match (scheme, uri.authority()) {
        (Some(_), Some(_)) if bare => Ok(text.to_owned()),
        _ => Err("write it as https://doorstep.example, without a path".to_owned()),
    }
}
