//! The program serving, and plain HTTP to it.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use doorstep_server::app::{App, Shared};
use doorstep_server::clock;
use doorstep_server::origin::Reach;
use doorstep_server::pace::{Class, Who};
use doorstep_server::routes::router;
use doorstep_server::store::Database;
use serde_json::Value;

use crate::contract;
use crate::harness::{Company, program};

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Server {
    pub(crate) fn start(company: &Company) -> Self {
        Self::start_with(company, &[])
    }

    pub(crate) fn start_with(company: &Company, arguments: &[&str]) -> Self {
        Self::spawn(program(), company, arguments)
    }

    /// The same, whose lines on standard error, at the level people use, are for [`Self::said`].
    pub(crate) fn start_heard(company: &Company) -> Self {
        let mut command = program();
        command.env_remove("DOORSTEP_LOG").stderr(Stdio::piped());
        Self::spawn(command, company, &[])
    }

    fn spawn(mut command: Command, company: &Company, arguments: &[&str]) -> Self {
        command.env("DOORSTEP_DATABASE", company.database());
        command
            .args(["serve", "--port", "0", "--json"])
            .args(arguments)
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let told: Value = serde_json::from_str(&line).expect("the server says where it listens");
        let url = told["listening"].as_str().unwrap().to_owned();
        Self { child, url }
    }

    /// Ends it, and gives what it wrote to standard error.
    pub(crate) fn said(mut self) -> String {
        self.child.kill().unwrap();
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        said
    }

    pub(crate) fn address(&self) -> &str {
        self.url.split("//").nth(1).unwrap()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, as a service manager does; gives its exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let told = std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap();
        assert!(told.success());
        self.child.wait().unwrap().code()
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, None)
    }

    /// Posts JSON.
    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, Some(&serde_json::to_vec(body).unwrap()))
    }

    #[track_caller]
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        send(&self.url, method, path, headers, body)
    }
}

/// The same server inside this process, behind a proxy, so that a test can use up somebody's
/// allowance without asking a thousand times. Gone when dropped.
pub(crate) struct Inside {
    app: Shared,
    url: String,
    _runtime: tokio::runtime::Runtime,
}

impl Inside {
    pub(crate) fn start(company: &Company) -> Self {
        Self::behind(company, 1)
    }

    /// Behind so many proxies.
    pub(crate) fn behind(company: &Company, proxies: u8) -> Self {
        let database = Database::open(&company.database(), clock::id_stamp()).unwrap();
        let reach = Reach {
            proxies,
            ..Reach::default()
        };
        let app = App::new(database, reach);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, service).await });
        Self {
            app,
            url,
            _runtime: runtime,
        }
    }

    /// Uses up an allowance for the next hour, however long it takes to ask.
    pub(crate) fn use_up(&self, class: Class, who: Who) {
        let later = clock::now() + 3_600_000;
        while self.app.pace.pass(class, who, later).is_ok() {}
    }

    #[track_caller]
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        send(&self.url, method, path, headers, body)
    }
}

/// Sends it, and holds the answer against the interface's description.
#[track_caller]
fn send(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .build()
        .into();
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{url}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = match body {
        Some(body) => agent.run(request.body(body).unwrap()),
        None => agent.run(request.body(()).unwrap()),
    };
    let mut answer = answer.unwrap();
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()));
    let answer = Answer {
        status: answer.status().as_u16(),
        headers: headers.collect(),
        body: answer.body_mut().read_to_vec().unwrap(),
    };
    contract::check(method, path, body, &answer);
    answer
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Which headers it has.
    pub(crate) fn names_of_headers(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{error}: {} {text}", self.status))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// It is a failure in the one documented shape; gives its code.
    #[track_caller]
    pub(crate) fn problem(&self) -> String {
        let problem = self.json();
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{problem}"
        );
        let fields: Vec<&String> = problem.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["code", "params", "status", "title", "type"]);
        assert_eq!(problem["status"], self.status);
        let code = problem["code"].as_str().unwrap().to_owned();
        assert_eq!(problem["type"], format!("urn:doorstep:problem:{code}"));
        code
    }
}
