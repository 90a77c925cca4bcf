// Internal header. What the nodes of the simulated cluster do, and what they note of what happens to them.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "cluster/cluster.h"
#include "nano/component/responder.h"
#include "nano/session/group.h"

namespace nano::cluster::testing {

/// "name rest" in its two parts.
inline std::pair<std::string, std::string> split_word(const std::string& text) {
  const std::size_t space = text.find(' ');
  if (space == std::string::npos) return {text, ""};
  return {text.substr(0, space), text.substr(space + 1)};
}

/// Of one run, for all nodes and clients. Outlives them.
struct Ledger {
  explicit Ledger(std::uint64_t seed) : random(seed), calm(seed % 4 == 0) {}

  bool chance(unsigned one_in) { return random() % one_in == 0; }
  Duration between(int least_ms, int most_ms) {
    return std::chrono::milliseconds{least_ms +
                                     static_cast<int>(random() % static_cast<unsigned>(most_ms - least_ms))};
  }

  std::mt19937_64 random;
  const bool calm;               // no fault is grave enough to lose anything
  std::vector<std::string> log;  // the same for the same seed
  int epochs = 0;                // sessions opened on any node
  std::map<std::pair<std::string, std::string>, std::set<int>> handled;  // numbers, by player and service
};

/// One process, from its start to its end.
struct Life {
  std::string address;
  bool ended = false;  // killed: what it does from now on nobody sees
  std::set<int> open;  // epochs
};

/// Answers in every way there is.
class Service final : public Component {
 public:
  Service(Ledger& ledger, Life& life, std::string name)
      : ledger_(ledger), life_(life), name_(std::move(name)) {}

  static void routes(Routes<Service>& on) {
    on.add<&Service::number>("Number").add<&Service::echo>("Echo").add<&Service::slow>("Slow");
    on.add<&Service::hold>("Hold").add<&Service::release>("Release").add<&Service::fail>("Fail");
    on.add<&Service::relay>("Relay").add<&Service::relay_for_nobody>("RelayForNobody");
    on.add<&Service::plain>("Plain").add<&Service::tell>("Tell").add<&Service::push>("Push");
    on.add<&Service::join>("Join").add<&Service::say>("Say").add<&Service::bind>("Bind");
    on.add<&Service::share>("Share").add<&Service::dismiss>("Dismiss");
  }
  void init() override {
    housekeeping_ = every(std::chrono::milliseconds{300}, [this] { clear_desk(); });
  }

  /// "player n": a player's messages for a service are numbered.
  std::string number(Session& session, const std::string& text) {
    const auto [player, digits] = split_word(text);
    const int number = std::stoi(digits);
    const std::string key = "last " + name_;
    int& last = session.get<int>(key) ? *session.get<int>(key) : session.set(key, 0);
    note("handles " + text);
    EXPECT_GT(number, last) << life_.address << ' ' << name_ << " handles out of order: " << text;
    EXPECT_TRUE(ledger_.handled[std::pair(player, name_)].insert(number).second) << "handled twice: " << text;
    if (ledger_.calm) {
      EXPECT_EQ(number, last + 1) << life_.address << ' ' << name_ << " misses one: " << text;
    }
    last = number;
    return text;
  }
  std::string echo(Session&, const std::string& text) { return text; }
  std::string plain(const std::string& text) { return text; }
  Task<std::string> slow(SessionPtr session, std::string text) {
    const Duration pause = ledger_.between(1, 900);
    co_await sleep(pause);
    push_number(*session);
    co_return text;
  }
  /// Answered later, or dropped, or, unless the client's own node would wait for it, forgotten for good.
  void hold(const std::string& text, Responder<std::string> responder) {
    held_.emplace_back(text, std::move(responder));
  }
  void release(const std::string& text, Responder<std::string> responder) {
    SessionPtr session = responder.session().shared_from_this();
    released_.push_back({std::move(session), responder.release(), text});
  }
  std::string fail(Session&, const std::string& text) { throw std::runtime_error(text); }
  /// "service text"
  Task<Result<std::string>> relay(SessionPtr session, std::string text) {
    const auto [service, rest] = split_word(text);
    Result<std::string> reply = co_await session->call<std::string>(service + ".Echo", text);
    co_return reply;
  }
  Task<Result<std::string>> relay_for_nobody(std::string text) {
    const auto [service, rest] = split_word(text);
    Result<std::string> reply = co_await call<std::string>(service + ".Plain", text);
    co_return reply;
  }
  void tell(Session& session, const std::string& text) {
    session.notify(split_word(text).first + ".Push", text);
  }
  void push(Session& session, const std::string&) { push_number(session); }
  void join(Session& session, const std::string&) { group_.add(session); }
  void say(Session&, const std::string&) {
    group_.broadcast("onSay", std::to_string(instance_) + " " + std::to_string(++said_));
  }
  void bind(Session& session, const std::string& uid) { session.bind(std::stoll(uid)); }
  void share(Session& session, const std::string& text) {
    const auto [name, value] = split_word(text);
    session.share(name, value);
  }
  void dismiss(Session& session, const std::string&) {
    ledger_.chance(2) ? session.kick("chosen by lot") : session.close();
  }

  const Group& group() const { return group_; }

 private:
  struct Released {
    SessionPtr session;
    std::uint64_t id;
    std::string text;
  };

  void note(const std::string& what) {
    ledger_.log.push_back(std::to_string(now().time_since_epoch().count()) + ' ' + life_.address + ' ' +
                          name_ + ' ' + what);
  }
  void push_number(Session& session) {
    if (session.closed()) return;
    int& pushed = session.get<int>("pushed") ? *session.get<int>("pushed") : session.set("pushed", 0);
    session.push("onPush", std::to_string(*session.get<int>("epoch")) + " " + std::to_string(++pushed));
  }
  void clear_desk() {
    auto held = std::exchange(held_, {});
    for (auto& [text, responder] : held) {
      const unsigned dice = ledger_.random() % 10;
      if (dice < 7) responder.respond(text);
      if (dice == 9 && name_ != "G") forgotten_.push_back(std::move(responder));
    }
    for (const Released& one : std::exchange(released_, {})) one.session->respond(one.id, one.text);
  }

  Ledger& ledger_;
  Life& life_;
  const std::string name_;
  const int instance_ = ++ledger_.epochs;
  int said_ = 0;
  Group group_;
  std::vector<std::pair<std::string, Responder<std::string>>> held_;
  std::vector<Responder<std::string>> forgotten_;
  std::vector<Released> released_;
  Timer housekeeping_;
};

/// Each session is told of once when it opens and once when it has closed.
inline void observe(Application& app, Ledger& ledger, Life& life) {
  const auto opened = [&](Session& session) {
    if (life.ended) return;
    EXPECT_FALSE(session.has("epoch")) << life.address << ": opened twice";
    life.open.insert(session.set("epoch", ++ledger.epochs));
    ledger.log.push_back(life.address + " opened " + std::to_string(session.id()));
    EXPECT_EQ(app.find_session(session.id()).get(), &session);
  };
  app.on_session_opened(opened).detach();
  const auto closed = [&](Session& session) {
    if (life.ended) return;
    EXPECT_TRUE(session.closed());
    ledger.log.push_back(life.address + " closed " + std::to_string(session.id()) + session.close_reason());
    EXPECT_EQ(life.open.erase(*session.get<int>("epoch")), 1u) << life.address << ": closed twice";
  };
  app.on_session_closed(closed).detach();
}

}  // namespace nano::cluster::testing
