// Internal header. What tests of nodes have in common: a service with handlers of every kind, and a cluster
// of which each node offers it under another name.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/testing/cluster_world.h"
#include "nano/component/responder.h"
#include "nano/session/group.h"

namespace nano::cluster {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ClusterWorld;
using ClientPtr = std::shared_ptr<nano::testing::Client>;

/// "name rest" in its two parts.
inline std::pair<std::string, std::string> split_word(const std::string& text) {
  const std::size_t space = text.find(' ');
  if (space == std::string::npos) return {text, ""};
  return {text.substr(0, space), text.substr(space + 1)};
}

/// A reply, or "error: " and its code.
inline std::string text_of(const Result<std::string>& reply) {
  return reply ? *reply : "error: " + reply.error().code;
}

/// Does what a client tells it to. Texts of two parts are separated by a space.
class Desk final : public Component {
 public:
  explicit Desk(std::string node) : node_(std::move(node)) {}

  static void routes(Routes<Desk>& on) {
    on.add<&Desk::where>("Where").add<&Desk::echo>("Echo").add<&Desk::fail>("Fail").add<&Desk::note>("Note");
    on.add<&Desk::plain>("Plain").add<&Desk::late>("Late").add<&Desk::hold>("Hold").add<&Desk::never>(
        "Never");
    on.add<&Desk::push>("Push").add<&Desk::tell>("Tell").add<&Desk::ask>("Ask").add<&Desk::kick>("Kick");
    on.add<&Desk::ask_for_nobody>("AskForNobody").add<&Desk::close>("Close").add<&Desk::join>("Join");
    on.add<&Desk::say>("Say").add<&Desk::bind>("Bind").add<&Desk::share>("Share").add<&Desk::read>("Read");
    on.add<&Desk::uid>("Uid").add<&Desk::address>("Address");
  }

  std::string where(Session&, const std::string&) { return node_; }
  std::string echo(Session&, const std::string& text) { return text; }
  Result<std::string> fail(Session&, const std::string& text) { return Error{"refused_here", text}; }
  void note(Session&, const std::string& text) { notes.push_back(text); }
  std::string plain(const std::string& text) { return node_ + " " + text; }
  Task<std::string> late(SessionPtr session, std::string text) {
    co_await sleep(milliseconds{100});
    session->push("onLate", text);
    co_return text;
  }
  void hold(const std::string& text, Responder<std::string> responder) {
    SessionPtr session = responder.session().shared_from_this();
    held.push_back({std::move(session), responder.release(), text});
  }
  void never(const std::string&, Responder<std::string> responder) { open.push_back(std::move(responder)); }
  void push(Session& session, const std::string& text) { session.push("onPush", text); }
  void tell(Session& session, const std::string& text) {
    const auto [route, rest] = split_word(text);
    session.notify(route, rest);
  }
  Task<std::string> ask(SessionPtr session, std::string text) {
    const auto [route, rest] = split_word(text);
    const Result<std::string> reply = co_await session->call<std::string>(route, rest);
    co_return text_of(reply);
  }
  Task<std::string> ask_for_nobody(std::string text) {
    const auto [route, rest] = split_word(text);
    const Result<std::string> reply = co_await call<std::string>(route, rest);
    co_return text_of(reply);
  }
  void kick(Session& session, const std::string& reason) { session.kick(reason); }
  void close(Session& session) { session.close(); }
  std::string join(Session& session, const std::string&) {
    group.add(session);
    return std::to_string(group.count());
  }
  void say(Session&, const std::string& text) { group.broadcast("onSay", text); }
  std::string bind(Session& session, const std::string& uid) {
    session.bind(std::stoll(uid));
    return uid;
  }
  std::string share(Session& session, const std::string& text) {
    const auto [name, value] = split_word(text);
    value.empty() ? session.unshare(name) : session.share(name, value);
    return value;
  }
  std::string read(Session& session, const std::string& name) {
    return session.shared<std::string>(name).value_or("nothing");
  }
  std::string uid(Session& session, const std::string&) { return std::to_string(session.uid()); }
  std::string address(Session& session, const std::string&) { return session.remote_address(); }

  void answer_held() {
    for (const Held& one : std::exchange(held, {})) one.session->respond(one.request_id, one.text);
  }

  struct Held {
    SessionPtr session;
    std::uint64_t request_id;
    std::string text;
  };

  std::vector<std::string> notes;
  std::vector<Held> held;
  std::vector<Responder<std::string>> open;
  Group group;

 private:
  const std::string node_;
};

/// What a node was told of sessions.
struct Told {
  std::vector<SessionId> opened;
  std::vector<SessionId> closed;
  std::vector<SessionId> called_back;  // on_closed() of the session
  std::vector<std::string> reasons;
  std::vector<std::string> lost;  // services
};

/// A master; "a:1" and "b:1", which offer the services A and B, and Both; "gate:1" and "gate:2", of which the
/// first one offers G.
class NodeTestFixture : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  NodeTestFixture() : cluster_(GetParam()) {
    cluster_.add_master("master:1");
    add("a:1", {"A", "Both"});
    add("b:1", {"B", "Both"});
    add("gate:1", {"G"});
    add("gate:2", {});
    cluster_.advance(seconds{1});
  }

  void add(const std::string& address, const std::vector<std::string>& services, std::string label = "",
           const ClusterWorld::Configure& configure = nullptr) {
    told_[address] = {};
    cluster_.add(
        address,
        [&](Application& app, Node& node) {
          for (const std::string& service : services) {
            ComponentOptions options;
            options.name = service;
            desks_[address + " " + service] = &app.add<Desk>(std::move(options), address);
          }
          observe(app, node, told_[address]);
          if (configure) configure(app, node);
        },
        std::move(label));
  }

  /// One whose stop takes a second from when its sessions close on; it has joined.
  void add_slow_to_close(const std::string& address, const std::string& service) {
    add(address, {service}, "", [](Application& app, Node&) {
      const auto save = [&app](Session&) { app.scheduler().spawn(rest(app.scheduler())); };
      app.on_session_closed(save).detach();
    });
    advance(seconds{1});
  }

  Desk& desk(const std::string& address, const std::string& service) {
    return *desks_.at(address + " " + service);
  }
  Told& told(const std::string& address) { return told_.at(address); }
  std::string ask(const ClientPtr& client, std::string_view route, const std::string& text = "") {
    return text_of(cluster_.request<std::string>(*client, route, text));
  }
  std::string reply_to(const ClientPtr& client, std::uint64_t id) {
    return text_of(client->take_reply<std::string>(id));
  }
  void advance(Duration duration) { cluster_.advance(duration); }

  std::map<std::string, Told> told_;
  std::map<std::string, Desk*> desks_;
  ClusterWorld cluster_;

 private:
  static Task<void> rest(Scheduler& scheduler) { co_await scheduler.sleep(seconds{1}); }
  static void observe(Application& app, Node& node, Told& told) {
    const auto opened = [&told](Session& session) {
      told.opened.push_back(session.id());
      session.on_closed([&told](Session& closed) { told.called_back.push_back(closed.id()); }).detach();
    };
    const auto closed = [&told](Session& session) {
      told.closed.push_back(session.id());
      told.reasons.push_back(session.close_reason());
    };
    const auto lost = [&told](Session&, std::string_view service) { told.lost.emplace_back(service); };
    app.on_session_opened(opened).detach();
    app.on_session_closed(closed).detach();
    node.on_service_lost(lost).detach();
  }
};

}  // namespace nano::cluster
