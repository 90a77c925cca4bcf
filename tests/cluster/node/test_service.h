// Internal header. TestService: one handler for each thing that a node of a cluster can do for a session.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nano/nano.h"

namespace nano::tests {

struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

struct Number {
  int n = 0;
};
BOOST_DESCRIBE_STRUCT(Number, (), (n))

struct Numbers {
  std::vector<int> numbers;
};
BOOST_DESCRIBE_STRUCT(Numbers, (), (numbers))

struct Text {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Text, (), (text))

/// A text for a handler of another service.
struct Letter {
  std::string route;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Letter, (), (route, text))

struct User {
  std::int64_t uid = 0;
};
BOOST_DESCRIBE_STRUCT(User, (), (uid))

struct Label {
  std::string label;
};
BOOST_DESCRIBE_STRUCT(Label, (), (label))

/// Which node serves the session, and what it knows of it. The id is text: it has more digits than the
/// numbers of JavaScript.
struct Identity {
  std::string label;
  std::string id;
  std::int64_t uid = 0;
  std::string address;
};
BOOST_DESCRIBE_STRUCT(Identity, (), (label, id, uid, address))

struct Marks {
  std::vector<std::string> marks;
};
BOOST_DESCRIBE_STRUCT(Marks, (), (marks))

struct NamedValue {
  std::string name;
  std::string value;
};
BOOST_DESCRIBE_STRUCT(NamedValue, (), (name, value))

struct Name {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Name, (), (name))

struct MaybeValue {
  std::optional<std::string> value;
};
BOOST_DESCRIBE_STRUCT(MaybeValue, (), (value))

/// The node of Go Nano beside it (go/service.go) offers the same, as far as Go Nano can.
class TestService final : public Component {
 public:
  explicit TestService(std::string label) : label_(std::move(label)) {}

  static void routes(Routes<TestService>& on);

  /// Remembers the mark of a session that has closed.
  void on_session_closed(Session& session);

  // -- requests ---------------------------------------------------------------------------------------------

  std::string echo(std::string_view payload) { return std::string{payload}; }
  Label where() { return {label_}; }
  Identity who(Session& session);
  void bind(Session& session, const User& user) { session.bind(user.uid); }
  Result<Nothing> fail() { return Error{"teapot", "I am a teapot"}; }
  /// Answers after that many milliseconds.
  Task<Number> slow(Number delay_ms);
  /// The same, but nobody else is served meanwhile, as no handler should do.
  Number block(Number delay_ms);
  void never(const Nothing&, Responder<Nothing> answer) { unanswered_.push_back(std::move(answer)); }
  /// The numbers that `Seq` was sent, in the order of their coming.
  Numbers seen(Session& session);
  /// The marks of the sessions that closed.
  Marks closed() { return {closed_}; }
  /// What another service answers to the text.
  Task<Result<std::string>> call(SessionPtr session, Letter letter);
  void join(Session& session) { group_.add(session); }
  /// Keeps a text under a name, for all nodes.
  void share(Session& session, const NamedValue& in) { session.share(in.name, Text{in.value}); }
  MaybeValue data(Session& session, const Name& in);

  // -- notifies ---------------------------------------------------------------------------------------------

  void push(Session& session, std::string_view payload) { session.push("onPush", payload); }
  void seq(Session& session, const Number& number);
  /// Names the session for `Closed`.
  void mark(Session& session, const Text& mark);
  /// Notifies another service in the name of the session.
  void tell(Session& session, const Letter& letter) { session.notify(letter.route, Text{letter.text}); }
  void say(const Text& text) { group_.broadcast("onSay", text); }
  void kick(Session& session, const Text& reason) { session.kick(reason.text); }
  void close(Session& session) { session.close(); }
  /// Ends the process at once, as a crash does.
  void exit();

 private:
  const std::string label_;
  Group group_;
  std::vector<Responder<Nothing>> unanswered_;
  std::vector<std::string> closed_;
};

}  // namespace nano::tests
