//! Who may do what, for every route of the table: every role on its site and on all sites, nobody,
//! a revoked device, a role that ended; against what is one's own, on one's site, on a foreign
//! site, and nowhere. What is expected follows from the route's entry and `policy::may`, not from
//! the handlers.

use doorstep_domain::hash::sha256;
use doorstep_domain::id::{HouseholdId, PersonId, SiteId};
use doorstep_domain::log::Head;
use doorstep_domain::policy::{Action, Role, may, reads_log};
use doorstep_domain::seal::seal;
use doorstep_server::route::{Access, Named, Route};
use doorstep_server::routes::ROUTES;
use serde_json::{Value, json};

use crate::harness::Company;
use crate::phone::Phone;
use crate::problems::{DRAFT, PHOTO, beside, path_to, sent};
use crate::server::{Answer, Server};

const HERE: &str = "jinhaiwan";
const THERE: &str = "elsewhere";

/// Somebody who asks.
struct Asker {
    what: String,
    phone: Phone,
    holds: Holds,
}

/// What they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// No session.
    Nothing,
    /// A session and no role.
    NoRole,
    /// A role on the site `HERE`.
    OnSite(Role),
    /// A role on all sites.
    Everywhere(Role),
    /// A role on the site `THERE`.
    Elsewhere(Role),
}

/// Where a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Own,
    Here,
    There,
    Nowhere,
}

impl Holds {
    /// Whether they may do `action` there; nobody may nowhere.
    fn may(self, action: fn(bool) -> Action, place: Place) -> bool {
        match (self, place) {
            (Self::Nothing, _) | (_, Place::Nowhere) => false,
            (_, Place::Own) => match (action(true), self) {
                // Whoever is logged in, with a role or without.
                (Action::ManageDevices { .. }, _) => true,
                (action, Self::OnSite(role) | Self::Everywhere(role) | Self::Elsewhere(role)) => {
                    may(role, action)
                }
                _ => false,
            },
            (Self::OnSite(role), Place::Here)
            | (Self::Elsewhere(role), Place::There)
            | (Self::Everywhere(role), _) => may(role, action(false)),
            _ => false,
        }
    }

    /// The role they hold there.
    fn role(self, place: Place) -> Option<Role> {
        match (self, place) {
            (Self::OnSite(role), Place::Here)
            | (Self::Elsewhere(role), Place::There)
            | (Self::Everywhere(role), Place::Here | Place::There) => Some(role),
            _ => None,
        }
    }
}

/// Two sites, somebody in every post, and one more on each site whom things belong to.
struct Cast {
    company: Company,
    server: Server,
    askers: Vec<Asker>,
    /// Of the site `HERE`, and of the site `THERE`.
    others: [Phone; 2],
    sites: [SiteId; 2],
    /// Whose passwords may be lost without ending the log-ins of `others`.
    people: [String; 2],
    /// The seal of a record of the site `HERE`.
    sealed: String,
    /// Of the site `HERE`, and of the site `THERE`.
    households: [HouseholdId; 2],
}

impl Cast {
    fn gather() -> Self {
        let company = Company::with_site();
        company
            .run(&["site", "add", "--code", THERE, "--name", "别处"])
            .ok();
        company.add_user("neighbour", &format!("steward@{HERE}"));
        company.add_user("stranger", &format!("steward@{THERE}"));
        let server = Server::start(&company);
        let others = ["neighbour", "stranger"].map(|login| Phone::of(&server, login));
        let sites = [&others[0], &others[1]].map(Phone::site);
        company.add_user("forgetful", &format!("steward@{HERE}"));
        company.add_user("absent", &format!("steward@{THERE}"));
        let users = company.run(&["user", "list", "--json"]).ok().json();
        let person = |login| {
            let mut users = users.as_array().unwrap().iter();
            let user = users.find(|it| it["login"] == login).unwrap();
            user["person"].as_str().unwrap().to_owned()
        };
        let people = [person("forgetful"), person("absent")];
        let visit = others[0].visit_as(sites[0], Role::Steward);
        others[0].push(&server, std::slice::from_ref(&visit));
        let sealed = seal(&visit.open().unwrap().envelope.parts).unwrap();
        let households = [11, 12].map(|n| HouseholdId::mint(1, &[n; 10]));
        for (phone, household) in others.iter().zip(households) {
            phone.push(&server, &[phone.planned(household)]);
        }
        let mut cast = Self {
            company,
            server,
            askers: Vec::new(),
            others,
            sites,
            people,
            sealed: sealed.to_string(),
            households,
        };
        for role in Role::GRANTABLE {
            let name = role.as_str();
            cast.enter(&format!("{name}@{HERE}"), Holds::OnSite(role));
            cast.enter(name, Holds::Everywhere(role));
        }
        for role in [Role::Director, Role::Admin] {
            cast.enter(
                &format!("{}@{THERE}", role.as_str()),
                Holds::Elsewhere(role),
            );
        }
        let ended = cast.enter(
            &format!("director@{HERE}:2020-01-01..2020-01-31"),
            Holds::NoRole,
        );
        assert_eq!(ended["grants"], json!([]));
        cast.enter("admin", Holds::Nothing);
        let locked_out = cast.askers.last_mut().unwrap();
        locked_out.what = "an admin on a revoked device".into();
        let device = locked_out.phone.device().to_string();
        cast.company.run(&["device", "revoke", &device]).ok();
        cast.askers.push(Asker {
            what: "nobody".into(),
            phone: Phone::new(),
            holds: Holds::Nothing,
        });
        cast
    }

    fn enter(&mut self, role: &str, holds: Holds) -> Value {
        let login = format!("person{}", self.askers.len());
        self.company.add_user(&login, role);
        let mut phone = Phone::new();
        let session = phone.log_in(&self.server, &login).json();
        phone.learn_escrow_key(&self.server);
        self.askers.push(Asker {
            what: role.into(),
            phone,
            holds,
        });
        session
    }

    /// The id of a thing of this sort in this place.
    fn thing(&self, named: Named, asker: &Asker, place: Place) -> String {
        match (named, place) {
            (Named::Draft | Named::Seal | Named::Photo, _) => panic!("it is nobody's to manage"),
            (Named::Household, Place::Own) => match asker.holds {
                Holds::Elsewhere(_) => self.households[1].to_string(),
                _ => self.households[0].to_string(),
            },
            (Named::Household, Place::Here) => self.households[0].to_string(),
            (Named::Household, Place::There) => self.households[1].to_string(),
            (Named::Household, Place::Nowhere) => HouseholdId::mint(9, &[9; 10]).to_string(),
            (Named::Device, Place::Own) => {
                let mut second = Phone::new();
                if asker.holds != Holds::Nothing {
                    second.log_in(&self.server, asker.phone.login_name());
                }
                second.device().to_string()
            }
            (Named::Device, Place::Here) => self.others[0].device().to_string(),
            (Named::Device, Place::There) => self.others[1].device().to_string(),
            (Named::Device, Place::Nowhere) => Phone::new().device().to_string(),
            (Named::Person, Place::Own) if asker.holds == Holds::Nothing => self.people[0].clone(),
            (Named::Person, Place::Own) => asker.phone.session().person.to_string(),
            (Named::Person, Place::Here) => self.people[0].clone(),
            (Named::Person, Place::There) => self.people[1].clone(),
            (Named::Person, Place::Nowhere) => PersonId::mint(9, &[9; 10]).to_string(),
        }
    }

    fn ask(&self, asker: &Asker, route: &Route, path: &str) -> Answer {
        let headers = [beside(route), &[asker.phone.cookie()]].concat();
        let body = (route.method != "GET").then(|| sent(route, &asker.phone));
        self.server
            .send(route.method.as_str(), path, &headers, body.as_deref())
    }
}

/// One cast for all of it: to gather it takes longer than to ask.
#[test]
fn everybody_may_what_policy_says_and_nobody_else() {
    let cast = Cast::gather();
    reading_changes_nothing(&cast);
    a_sync_reads_and_writes_where_policy_says_and_tells_no_foreign_site_from_none(&cast);
    the_list_of_devices_shows_what_may_be_revoked_and_nothing_else(&cast);
    every_route_lets_in_whom_policy_lets_in_and_hides_the_rest(&cast);
}

fn every_route_lets_in_whom_policy_lets_in_and_hides_the_rest(cast: &Cast) {
    for route in &ROUTES {
        for asker in &cast.askers {
            let what = format!("{} {} as {}", route.method, route.path, asker.what);
            match route.access {
                Access::Anyone => {
                    if asker.what == "nobody" {
                        let mut visitor = Phone::new();
                        visitor.name_as("neighbour");
                        // Without a log-in, but on a device that had one.
                        if route.path == "/api/v1/deposit" {
                            visitor.log_in(&cast.server, "neighbour");
                        }
                        let visitor = Asker {
                            what: what.clone(),
                            phone: visitor,
                            holds: Holds::Nothing,
                        };
                        let path = match route.names {
                            Some(Named::Seal) => path_to(route, &cast.sealed),
                            Some(Named::Device) => {
                                path_to(route, &cast.others[0].device().to_string())
                            }
                            _ => route.path.to_owned(),
                        };
                        let answer = cast.ask(&visitor, route, &path);
                        assert_eq!(answer.status, route.gives.status, "{what}");
                    }
                }
                Access::LoggedIn | Access::LoggedInAnyhow => {
                    // One's own by its key, and so nobody else's; `drafts.rs` has it.
                    if route.names == Some(Named::Draft) {
                        let answer = cast.ask(asker, route, &path_to(route, DRAFT));
                        let expected = match (asker.holds, route.method.as_str()) {
                            (Holds::Nothing, _) => "not_logged_in",
                            (_, "GET") => "not_found",
                            _ => "revision_needed",
                        };
                        assert_eq!(answer.problem(), expected, "{what}");
                        continue;
                    }
                    // Whose it is records tell; `photos.rs` has it.
                    if route.names == Some(Named::Photo) {
                        let photo = match route.method.as_str() {
                            "GET" => sha256(b"none"),
                            _ => sha256(&PHOTO),
                        };
                        let answer = cast.ask(asker, route, &path_to(route, &photo.to_string()));
                        let told = match (asker.holds, route.method.as_str()) {
                            (Holds::Nothing, _) => "not_logged_in".to_owned(),
                            (_, "GET") => "not_found".to_owned(),
                            _ => {
                                assert_eq!(answer.json(), json!({"held": PHOTO.len()}), "{what}");
                                continue;
                            }
                        };
                        assert_eq!(answer.problem(), told, "{what}");
                        continue;
                    }
                    // It gives another cookie; `passwords.rs` has it.
                    if route.path == "/api/v1/password" && asker.holds != Holds::Nothing {
                        continue;
                    }
                    let answer = cast.ask(asker, route, route.path);
                    if asker.holds == Holds::Nothing {
                        assert_eq!(answer.problem(), "not_logged_in", "{what}");
                    } else {
                        assert_eq!(answer.status, route.gives.status, "{what}");
                    }
                }
                Access::May(action) => bounded(cast, route, asker, action, &what),
            }
        }
    }
}

/// A route about a thing that belongs somewhere: a foreign one is answered as one there is not.
fn bounded(cast: &Cast, route: &Route, asker: &Asker, action: fn(bool) -> Action, what: &str) {
    let ask = |place| {
        let thing = cast.thing(route.names.unwrap(), asker, place);
        cast.ask(asker, route, &path_to(route, &thing))
    };
    let nowhere = ask(Place::Nowhere);
    for place in [Place::Own, Place::Here, Place::There] {
        let answer = ask(place);
        let what = format!("{what} of {place:?}");
        if asker.holds.may(action, place) {
            assert_eq!(answer.status, route.gives.status, "{what}");
        } else {
            let expected = match asker.holds {
                Holds::Nothing => "not_logged_in",
                _ => "not_found",
            };
            assert_eq!(answer.problem(), expected, "{what}");
            assert_eq!(answer.body, nowhere.body, "{what}");
            assert_eq!(
                answer.names_of_headers(),
                nowhere.names_of_headers(),
                "{what}"
            );
        }
    }
}

fn a_sync_reads_and_writes_where_policy_says_and_tells_no_foreign_site_from_none(cast: &Cast) {
    let places = [
        (Place::Here, cast.sites[0]),
        (Place::There, cast.sites[1]),
        (Place::Nowhere, SiteId::mint(9, &[9; 10])),
    ];
    for asker in cast.askers.iter().filter(|it| it.holds != Holds::Nothing) {
        for (place, site) in places {
            let what = format!("{} at {place:?}", asker.what);
            let role = asker.holds.role(place);
            let genesis = Head::genesis(asker.phone.session().organisation, site);
            let sync = |push: &[_]| {
                let body = asker.phone.sync_at(site, &genesis, push);
                let answer = asker.phone.post_sync(&cast.server, &body);
                assert_eq!(answer.status, 200, "{what}");
                answer.json()
            };
            let reply = sync(&[]);
            let shown = &reply["sites"][site.to_string()];
            if role.is_some_and(|role| reads_log(&[role])) {
                assert!(shown["page"].is_object(), "{what}: {shown}");
            } else {
                assert_eq!(shown, &json!({"reset": "no_access"}), "{what}");
            }
            for claimed in Role::GRANTABLE {
                let visit = asker.phone.visit_as(site, claimed);
                let reply = sync(&[visit]);
                let lets = role == Some(claimed) && may(claimed, Action::RecordVisit);
                let acks = reply["acks"].as_array().unwrap().len();
                assert_eq!(acks, usize::from(lets), "{what} as {claimed:?}: {reply}");
                if !lets {
                    let refusal = &reply["refused"][0];
                    assert_eq!(refusal["code"], "not_authorised", "{what}");
                    assert_eq!(
                        refusal["params"],
                        json!({"role": claimed, "kept": true}),
                        "{what}"
                    );
                    assert_eq!(refusal["retryable"], false, "{what}");
                }
            }
        }
    }
}

fn the_list_of_devices_shows_what_may_be_revoked_and_nothing_else(cast: &Cast) {
    let action = |own| Action::ManageDevices { own };
    for asker in cast.askers.iter().filter(|it| it.holds != Holds::Nothing) {
        let answer = cast.server.get("/api/v1/devices", &[asker.phone.cookie()]);
        let answer = answer.json();
        let shown = |phone: &Phone| {
            let devices = answer["devices"].as_array().unwrap();
            let device = phone.device().to_string();
            devices.iter().find(|it| it["device"] == device)
        };
        assert_eq!(shown(&asker.phone).unwrap()["this"], true);
        for (phone, place) in cast.others.iter().zip([Place::Here, Place::There]) {
            let expected = asker.holds.may(action, place);
            assert_eq!(shown(phone).is_some(), expected, "{} {place:?}", asker.what);
        }
    }
}

fn reading_changes_nothing(cast: &Cast) {
    let before = cast.company.dump();
    for route in ROUTES.iter().filter(|route| route.method == "GET") {
        let path = match route.names {
            None => route.path.to_owned(),
            Some(Named::Draft) => path_to(route, DRAFT),
            Some(Named::Seal) => path_to(route, &cast.sealed),
            Some(Named::Device) => path_to(route, &cast.others[0].device().to_string()),
            Some(Named::Photo) => path_to(route, &sha256(b"none").to_string()),
            Some(Named::Household) => path_to(route, &cast.households[0].to_string()),
            Some(_) => panic!("say here what {} names", route.path),
        };
        for asker in &cast.askers {
            cast.ask(asker, route, &path);
        }
    }
    cast.company.unchanged_since(&before, "reading");
}
