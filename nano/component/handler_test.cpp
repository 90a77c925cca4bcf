#include <stdexcept>
#include <vector>

#include "nano/component/handler_test_fixture.h"
#include "nano/serialize/testdata/ping.pb.h"

namespace nano {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// One handler of each legal shape.
class Shapes final : public Component {
 public:
  static void routes(Routes<Shapes>& on) {
    on.add<&Shapes::value>("Value").add<&Shapes::result>("Result").add<&Shapes::result_void>("ResultVoid");
    on.add<&Shapes::nothing>("Nothing")
        .add<&Shapes::session_only>("SessionOnly")
        .add<&Shapes::swapped>("Swapped");
    on.add<&Shapes::pointer>("Pointer").add<&Shapes::by_value>("ByValue").add<&Shapes::constant>("Constant");
    on.add<&Shapes::no_throw>("NoThrow").add<&Shapes::no_parameters>("NoParameters");
    on.add<&Shapes::view>("View").add<&Shapes::span>("Span").add<&Shapes::bytes>("Bytes");
    on.add<&Shapes::protobuf>("Protobuf").add<&Shapes::list>("List");
    on.add<&Shapes::task_value>("TaskValue").add<&Shapes::task_result>("TaskResult");
    on.add<&Shapes::task_void>("TaskVoid").add<&Shapes::task_result_void>("TaskResultVoid");
    on.add<&Shapes::task_at_once>("TaskAtOnce");
  }
  Reply value(Session&, const Question& in) { return {in.text}; }
  Result<Reply> result(const Question& in) {
    if (in.count < 0) return Error{"negative", "The count is below 0."};
    return Reply{in.text};
  }
  Result<void> result_void(const Question& in) {
    if (in.count < 0) return Error{"negative", "The count is below 0."};
    return {};
  }
  void nothing(const Question& in) { seen = in.text; }
  void session_only(Session& session) { seen = "session " + std::to_string(session.id()); }
  Reply swapped(const Question& in, Session& session) { return {in.text + std::to_string(session.id())}; }
  Reply pointer(SessionPtr session, const Question& in) { return {in.text + std::to_string(session->id())}; }
  Reply by_value(const SessionPtr& session, Question in) {
    return {std::move(in.text) + std::to_string(session->id())};
  }
  Reply constant(const Question& in) const { return {in.text}; }
  Reply no_throw(const Question& in) const noexcept { return {in.text}; }
  Reply no_parameters() { return {"nothing asked"}; }
  std::string view(std::string_view in) { return "<" + std::string{in} + ">"; }
  Bytes span(std::span<const std::uint8_t> in) { return {in.rbegin(), in.rend()}; }
  Bytes bytes(Bytes in) { return in; }
  testdata::Ping protobuf(const testdata::Ping& in) {
    testdata::Ping out = in;
    out.set_sequence(in.sequence() + 1);
    return out;
  }
  std::vector<int> list(const std::vector<int>& in) { return {in.rbegin(), in.rend()}; }
  Task<Reply> task_value(SessionPtr session, Question in) {
    co_await sleep(seconds{1});
    co_return Reply{in.text + std::to_string(session->id())};
  }
  Task<Result<Reply>> task_result(Question in) {
    co_await sleep(seconds{1});
    if (in.count < 0) co_return Error{"negative", "The count is below 0."};
    co_return Reply{in.text};
  }
  Task<void> task_void(Question in) {
    co_await sleep(seconds{1});
    seen = in.text;
  }
  Task<Result<void>> task_result_void(Question in) {
    co_await sleep(seconds{1});
    if (in.count < 0) co_return Error{"negative", "The count is below 0."};
    co_return Result<void>{};
  }
  Task<std::string> task_at_once(std::string in) { co_return in; }

  std::string seen;
};

using HandlerShapes = HandlerTest<Shapes>;

TEST_F(HandlerShapes, ReturnValuesAndResultsAreTheAnswer) {
  const Question question{"hi", 1};
  const Question negative{"hi", -1};
  EXPECT_EQ(ask("Shapes.Value", question), R"({"text":"hi"})");
  EXPECT_EQ(ask("Shapes.Result", question), R"({"text":"hi"})");
  EXPECT_EQ(ask("Shapes.Result", negative), "negative: The count is below 0.");
  EXPECT_EQ(ask("Shapes.ResultVoid", question), "{}");
  EXPECT_EQ(ask("Shapes.ResultVoid", negative), "negative: The count is below 0.");
  EXPECT_EQ(ask("Shapes.Nothing", question), "{}") << "JSON clients parse every response";
  EXPECT_EQ(component_.seen, "hi");
}

TEST_F(HandlerShapes, ParametersComeInAnyOrderAndAreOptional) {
  const Question question{"q", 0};
  EXPECT_EQ(ask("Shapes.SessionOnly"), "{}");
  EXPECT_EQ(component_.seen, "session 1");
  EXPECT_EQ(ask("Shapes.SessionOnly", "a payload that nobody reads"), "{}");
  for (const std::string_view route : {"Shapes.Swapped", "Shapes.Pointer", "Shapes.ByValue"}) {
    EXPECT_EQ(ask(route, question), R"({"text":"q1"})") << route;
  }
  EXPECT_EQ(ask("Shapes.Constant", question), R"({"text":"q"})");
  EXPECT_EQ(ask("Shapes.NoThrow", question), R"({"text":"q"})");
  EXPECT_EQ(ask("Shapes.NoParameters"), R"({"text":"nothing asked"})");
}

TEST_F(HandlerShapes, PayloadsAreRawBytesProtobufMessagesOrJson) {
  EXPECT_EQ(ask("Shapes.View", "raw"), "<raw>");
  EXPECT_EQ(ask("Shapes.View"), "<>");
  EXPECT_EQ(ask("Shapes.Span", "abc"), "cba");
  EXPECT_EQ(ask("Shapes.Bytes", std::string{"\0\xff", 2}), (std::string{"\0\xff", 2}));
  EXPECT_EQ(ask("Shapes.List", std::vector<int>{1, 2, 3}), "[3,2,1]");
  testdata::Ping ping;
  ping.set_content("x");
  ping.set_sequence(41);
  const auto pong = client_->request<testdata::Ping>("Shapes.Protobuf", ping);
  ASSERT_TRUE(pong.ok());
  EXPECT_EQ(pong->sequence(), 42);
}

TEST_F(HandlerShapes, CoroutinesAnswerWhenTheyReturn) {
  const std::uint64_t value = client_->send_request("Shapes.TaskValue", Question{"v", 0});
  const std::uint64_t good = client_->send_request("Shapes.TaskResult", Question{"r", 0});
  const std::uint64_t bad = client_->send_request("Shapes.TaskResult", Question{"r", -1});
  const std::uint64_t empty = client_->send_request("Shapes.TaskVoid", Question{"e", 0});
  const std::uint64_t good_void = client_->send_request("Shapes.TaskResultVoid", Question{"r", 0});
  const std::uint64_t bad_void = client_->send_request("Shapes.TaskResultVoid", Question{"r", -1});
  EXPECT_EQ(ask("Shapes.TaskAtOnce", "now"), "now") << "later requests are not held up";
  EXPECT_EQ(answer_to(value), unanswered(value));
  world_.advance(seconds{1});
  EXPECT_EQ(answer_to(value), R"({"text":"v1"})");
  EXPECT_EQ(answer_to(good), R"({"text":"r"})");
  EXPECT_EQ(answer_to(bad), "negative: The count is below 0.");
  EXPECT_EQ(answer_to(empty), "{}");
  EXPECT_EQ(answer_to(good_void), "{}");
  EXPECT_EQ(answer_to(bad_void), "negative: The count is below 0.");
  EXPECT_EQ(component_.seen, "e");
  EXPECT_EQ(world_.app().scheduler().spawned_count(), 0u);
}

TEST_F(HandlerShapes, NotifiesAreHandledAndTheirAnswersDropped) {
  for (const std::string_view route :
       {"Shapes.Value", "Shapes.Result", "Shapes.TaskValue", "Shapes.TaskResult"}) {
    client_->notify(route, Question{"n", -1});
  }
  client_->notify("Shapes.TaskVoid", Question{"notified", 0});
  world_.advance(seconds{1});
  EXPECT_EQ(component_.seen, "notified");
  EXPECT_EQ(answer_to(0), unanswered(0));
  EXPECT_TRUE(world_.log().contains("notify failed route=Shapes.Result session=1 code=negative"));
}

TEST_F(HandlerShapes, UndecodablePayloadIsAnErrorThatNamesTheMember) {
  const std::string wrong = ask("Shapes.Value", R"({"text":"x","count":"many"})");
  EXPECT_TRUE(wrong.starts_with("bad_payload: ")) << wrong;
  EXPECT_NE(wrong.find("count"), std::string::npos) << wrong;
  const std::string missing = ask("Shapes.Value", R"({"count":1})");
  EXPECT_TRUE(missing.starts_with("bad_payload: ") && missing.find("text") != std::string::npos) << missing;
  EXPECT_TRUE(ask("Shapes.Value", "{").starts_with("bad_payload: "));
  EXPECT_TRUE(ask("Shapes.TaskValue", "[]").starts_with("bad_payload: "));
  EXPECT_TRUE(ask("Shapes.Protobuf", "\xff\xff").starts_with("bad_payload: "));
  client_->notify("Shapes.Nothing", "{");
  EXPECT_EQ(component_.seen, "");
  EXPECT_TRUE(client_->connected());
}

// -- failing handlers --------------------------------------------------------------------------------------

class Failing final : public Component {
 public:
  static void routes(Routes<Failing>& on) {
    on.add<&Failing::value>("Value").add<&Failing::nothing>("Nothing").add<&Failing::responder>("Responder");
    on.add<&Failing::answered>("Answered").add<&Failing::task>("Task").add<&Failing::task_later>("TaskLater");
    on.add<&Failing::task_responder>("TaskResponder")
        .add<&Failing::odd>("Odd")
        .add<&Failing::odd_task>("OddTask");
    on.add<&Failing::huge>("Huge")
        .add<&Failing::huge_task>("HugeTask")
        .add<&Failing::huge_error>("HugeError");
    on.add<&Failing::huge_responder>("HugeResponder");
  }
  Reply value() { throw std::runtime_error("value broke"); }
  void nothing() { throw std::runtime_error("nothing broke"); }
  void responder(Responder<Reply>) { throw std::runtime_error("responder broke"); }
  void answered(Responder<Reply> responder) {
    responder.respond(Reply{"answered"});
    throw std::runtime_error("broke after the answer");
  }
  Task<Reply> task() {
    throw_now("task broke");
    co_return Reply{};
  }
  Task<void> task_later() {
    co_await sleep(seconds{1});
    throw_now("task broke later");
  }
  Task<void> task_responder(Responder<Reply> responder) {
    co_await sleep(seconds{1});
    throw_now("task with responder broke");
    responder.respond(Reply{});
  }
  Reply odd() { throw 42; }
  Task<Reply> odd_task() {
    co_await sleep(seconds{1});
    if (true) throw 42;
    co_return Reply{};
  }
  std::string huge() { return std::string(too_long, 'x'); }
  Task<std::string> huge_task() { co_return std::string(too_long, 'x'); }
  Result<std::string> huge_error() { return Error{"huge", std::string(too_long, 'x')}; }
  void huge_responder(Responder<std::string> responder) { responder.respond(std::string(too_long, 'x')); }

 private:
  static constexpr std::size_t too_long = std::size_t{1} << 24;
  static void throw_now(const char* what) { throw std::runtime_error(what); }
};

using FailingHandlers = HandlerTest<Failing>;

TEST_F(FailingHandlers, ExceptionIsAnsweredInternalOnceAndLogged) {
  for (const std::string_view route : {"Value", "Nothing", "Task", "Odd"}) {
    EXPECT_EQ(ask("Failing." + std::string{route}), internal_error) << route;
    EXPECT_TRUE(
        world_.log().contains("error handler failed route=Failing." + std::string{route} + " session=1"));
  }
  EXPECT_EQ(ask("Failing.Responder"), "internal: The handler gave no answer.");
  EXPECT_EQ(ask("Failing.Answered"), R"({"text":"answered"})");
  EXPECT_TRUE(world_.log().contains("broke after the answer"));
  world_.advance(seconds{5});
  for (std::uint64_t id = 1; id <= 6; ++id) EXPECT_EQ(answer_to(id), unanswered(id)) << "a second answer";
}

TEST_F(FailingHandlers, ExceptionLaterInACoroutineIsAnsweredInternalOnce) {
  std::vector<std::uint64_t> ids;
  for (const std::string_view route : {"Failing.TaskLater", "Failing.TaskResponder", "Failing.OddTask"}) {
    ids.push_back(client_->send_request(route, ""));
  }
  world_.advance(seconds{1});
  EXPECT_EQ(answer_to(ids[0]), internal_error);
  EXPECT_EQ(answer_to(ids[1]), "internal: The handler gave no answer.");
  EXPECT_EQ(answer_to(ids[2]), internal_error);
  for (const std::uint64_t id : ids) EXPECT_EQ(answer_to(id), unanswered(id)) << "a second answer";
  EXPECT_TRUE(world_.log().contains(
      "error handler failed route=Failing.TaskLater session=1 error=\"task broke later\""));
  EXPECT_TRUE(world_.log().contains("error handler failed route=Failing.TaskResponder session=1"));
  EXPECT_TRUE(world_.log().contains("error handler failed route=Failing.OddTask session=1"));
}

TEST_F(FailingHandlers, AnswerThatDoesNotFitTheWireIsAnsweredInternal) {
  EXPECT_EQ(ask("Failing.Huge"), internal_error);
  EXPECT_EQ(ask("Failing.HugeTask"), internal_error);
  EXPECT_EQ(ask("Failing.HugeResponder"), "internal: The handler gave no answer.");
  EXPECT_EQ(ask("Failing.HugeError"), "internal: The server's error message is too long.");
  EXPECT_TRUE(world_.log().contains("the wire format allows at most 16777215"));
  EXPECT_TRUE(client_->connected());
}

}  // namespace
}  // namespace nano
