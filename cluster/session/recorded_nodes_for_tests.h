// Internal header. For tests: other nodes that do nothing but note what they are told.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cluster/session/backend.h"
#include "cluster/session/gate.h"

namespace nano::cluster {

/// What all of them heard, in order.
using Heard = std::vector<std::string>;

class RecordedBackend final : public Backend {
 public:
  /// Notes what it hears under this name. `heard` must outlive it.
  RecordedBackend(std::string name, Heard& heard) : name_(std::move(name)), heard_(heard) {}
  ~RecordedBackend() override { note("destroyed"); }

  bool is_usable = true;
  bool is_full = false;
  bool is_connected = false;
  bool is_drained = true;
  bool has_room = true;

  bool usable() const override { return is_usable; }
  bool full() const override { return is_full; }
  bool connected() const override { return is_connected; }
  void send(Session* session, std::uint64_t request_id, std::string_view route,
            protocol::ByteView payload) override {
    const std::string who = session ? std::to_string(session->id()) : "nobody";
    note((request_id == 0 ? "notify of " : "request of ") + who + " " + std::string{route} + " " +
         std::string{protocol::as_text(payload)});
  }
  void on_ended(Session& session) override { note("ended " + std::to_string(session.id())); }
  void on_bound(Session& session, bool is_echo) override {
    note("bound " + std::to_string(session.uid()) + (is_echo ? ", echo" : ""));
  }
  void on_shared(Session&, std::string_view name, const std::string* value, bool is_echo) override {
    note("shared " + std::string{name} + " " + (value ? *value : "removed") + (is_echo ? ", echo" : ""));
  }
  void require_room_to_share(const Session&, std::size_t) const override { require_room(); }
  void push_to_user(std::int64_t uid, std::string_view route, std::string_view) override {
    require_room();
    note("push to user " + std::to_string(uid) + " " + std::string{route});
  }
  void kick_user(std::int64_t uid, std::string_view) override { note("kick user " + std::to_string(uid)); }
  void flush() override { note("flush"); }
  void close() override { note("close"); }
  bool drained() const override { return is_drained; }

 private:
  void note(const std::string& what) { heard_.push_back(name_ + ": " + what); }
  void require_room() const {
    if (!has_room) throw std::length_error("Too much waits.");
  }

  const std::string name_;
  Heard& heard_;
};

class RecordedGate final : public Gate {
 public:
  /// `heard` must outlive it.
  explicit RecordedGate(Heard& heard) : heard_(heard) {}

  bool takes_part = true;  // as a node of ours does
  bool has_room = true;

  bool push(SessionId session, std::string_view, std::string_view route, protocol::ByteView) override {
    if (has_room) note("push " + std::to_string(session) + " " + std::string{route});
    return has_room;
  }
  bool deliver(SessionId session, SharedPush& push) override {
    if (has_room) note("shared push " + std::to_string(session) + " " + std::string{push.route()});
    return has_room;
  }
  void respond(SessionId, std::uint64_t id, protocol::ByteView, bool is_error) override {
    note("respond " + std::to_string(id) + (is_error ? ", error" : ""));
  }
  void kick(SessionId session, std::string_view) override { note("kick " + std::to_string(session)); }
  void close(SessionId session) override { note("close " + std::to_string(session)); }
  bool bind(SessionId, std::int64_t uid) override {
    note("bind " + std::to_string(uid));
    return takes_part;
  }
  bool share(SessionId, std::string_view name, const std::string* value) override {
    note("share " + std::string{name} + " " + (value ? *value : "removed"));
    return takes_part;
  }
  bool invoke(Session&, Call& call, protocol::ByteView) override {
    if (takes_part) note("invoke " + std::string{call.route()});
    return takes_part;
  }
  void forget(SessionId session) override { note("forget " + std::to_string(session)); }

 private:
  void note(const std::string& what) { heard_.push_back("gate: " + what); }

  Heard& heard_;
};

}  // namespace nano::cluster
