#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "nano/component/handler_test_fixture.h"

namespace nano {
namespace {

class Counter final : public Component {
 public:
  static void routes(Routes<Counter>& on) {
    on.add<&Counter::now>("Now").add<&Counter::hold>("Hold").add<&Counter::drop>("Drop");
    on.add<&Counter::result>("Result").add<&Counter::release>("Release").add<&Counter::task>("Task");
    on.add<&Counter::echo>("Echo");
  }
  void now(Session&, const Question& in, Responder<Reply> responder) { responder.respond(Reply{in.text}); }
  void hold(const std::string&, Responder<std::string> responder) { held.push_back(std::move(responder)); }
  void drop(Responder<Reply>) {}
  void result(const Question& in, Responder<Reply> responder) {
    responder.respond(in.count < 0 ? Result<Reply>{Error{"negative", "below 0"}}
                                   : Result<Reply>{Reply{in.text}});
  }
  void release(SessionPtr session, Responder<std::string> responder) {
    released_session = std::move(session);
    released.push_back(responder.release());
  }
  Task<void> task(SessionPtr, std::string in, Responder<std::string> responder) {
    co_await sleep(seconds{1});
    responder.respond(in);
    co_await sleep(seconds{1});
  }
  std::string echo(const std::string& in) { return in; }

  std::vector<Responder<std::string>> held;
  std::vector<std::uint64_t> released;
  SessionPtr released_session;
};

using ResponderTest = HandlerTest<Counter>;

TEST_F(ResponderTest, AnswersAtOnce) {
  EXPECT_EQ(ask("Counter.Now", Question{"x", 0}), R"({"text":"x"})");
  EXPECT_EQ(ask("Counter.Result", Question{"x", 0}), R"({"text":"x"})");
  EXPECT_EQ(ask("Counter.Result", Question{"x", -1}), "negative: below 0");
}

TEST_F(ResponderTest, AnswersLaterInAnyOrderEachItsOwnRequest) {
  const std::uint64_t first = client_->send_request("Counter.Hold", "");
  const std::uint64_t second = client_->send_request("Counter.Hold", "");
  const std::uint64_t third = client_->send_request("Counter.Hold", "");
  EXPECT_EQ(component_.held[0].request_id(), first);
  EXPECT_TRUE(component_.held[0].open());
  EXPECT_EQ(component_.held[0].session().id(), 1u);
  component_.held[1].respond("second");
  EXPECT_FALSE(component_.held[1].open());
  component_.held[2].fail({"gone", "no more"});
  world_.advance(seconds{3600});
  component_.held[0].respond("first");
  world_.settle();
  EXPECT_EQ(answer_to(first), "first");
  EXPECT_EQ(answer_to(second), "second");
  EXPECT_EQ(answer_to(third), "gone: no more");
}

TEST_F(ResponderTest, DroppedUnansweredAnswersInternal) {
  EXPECT_EQ(ask("Counter.Drop"), "internal: The handler gave no answer.");
  const std::uint64_t id = client_->send_request("Counter.Hold", "");
  component_.held.clear();
  world_.settle();
  EXPECT_EQ(answer_to(id), "internal: The handler gave no answer.");
}

TEST_F(ResponderTest, DroppedOnAnotherThreadAnswersAllTheSameAndTheLogSaysSo) {
  const std::uint64_t id = client_->send_request("Counter.Hold", "");
  std::jthread{[&] { const auto dropped = std::move(component_.held); }}.join();
  world_.settle();
  EXPECT_EQ(answer_to(id), "internal: The handler gave no answer.");
  EXPECT_TRUE(
      world_.log().contains("error dropped on a thread other than the logic thread what=\"a Responder\""));
}

TEST_F(ResponderTest, AnsweredOnAnotherThreadThrowsAndStaysOpen) {
  const std::uint64_t id = client_->send_request("Counter.Hold", "");
  std::jthread{[&] { EXPECT_THROW(component_.held[0].respond("there"), std::logic_error); }}.join();
  component_.held[0].respond("here");
  world_.settle();
  EXPECT_EQ(answer_to(id), "here");
}

TEST_F(ResponderTest, DroppedOnAnotherThreadOnceItIsAnsweredIsNoMistake) {
  client_->send_request("Counter.Hold", "");
  component_.held[0].respond("here");
  std::jthread{[&] { const auto dropped = std::move(component_.held); }}.join();
  world_.settle();
  EXPECT_FALSE(world_.log().contains("another"));
}

TEST_F(ResponderTest, ReplacedByAnotherAnswersInternalAndTheOtherItsOwnRequest) {
  const std::uint64_t first = client_->send_request("Counter.Hold", "");
  const std::uint64_t second = client_->send_request("Counter.Hold", "");
  component_.held[0] = std::move(component_.held[1]);
  component_.held[0].respond("second");
  world_.settle();
  EXPECT_EQ(answer_to(first), "internal: The handler gave no answer.");
  EXPECT_EQ(answer_to(second), "second");
}

TEST_F(ResponderTest, OfANotifyAnswersNobody) {
  client_->notify("Counter.Now", Question{"x", 0});
  client_->notify("Counter.Drop", "");
  client_->notify("Counter.Hold", "");
  component_.held[0].respond("to nobody");
  client_->notify("Counter.Release", "");
  EXPECT_FALSE(component_.released_session->respond(component_.released[0], "to nobody"));
  world_.settle();
  EXPECT_EQ(answer_to(0), unanswered(0));
}

TEST_F(ResponderTest, AnswersFromACoroutineWhileThatGoesOn) {
  const std::uint64_t id = client_->send_request("Counter.Task", "x");
  world_.advance(seconds{1});
  EXPECT_EQ(answer_to(id), "x");
  EXPECT_EQ(world_.app().scheduler().spawned_count(), 1u);
  world_.advance(seconds{1});
  EXPECT_EQ(answer_to(id), unanswered(id));
}

TEST_F(ResponderTest, ReleasedRequestIsAnsweredThroughItsSession) {
  const std::uint64_t id = client_->send_request("Counter.Release", "");
  world_.advance(seconds{10});
  EXPECT_EQ(answer_to(id), unanswered(id));
  Session& session = *component_.released_session;
  EXPECT_FALSE(session.respond(id + 1, "to another")) << "no such request";
  EXPECT_TRUE(session.respond(id, Reply{"late"}));
  EXPECT_FALSE(session.respond(id, Reply{"twice"}));
  world_.settle();
  EXPECT_EQ(answer_to(id), R"({"text":"late"})");
  EXPECT_EQ(answer_to(id), unanswered(id));
}

TEST_F(ResponderTest, ReleasedRequestWhoseAnswerDoesNotFitIsAnsweredInternal) {
  const std::uint64_t id = client_->send_request("Counter.Release", "");
  EXPECT_THROW(component_.released_session->respond(id, std::string(std::size_t{1} << 24, 'x')),
               std::length_error);
  world_.settle();
  EXPECT_EQ(answer_to(id), "internal: The server failed to encode its answer.");
}

TEST_F(ResponderTest, ReleasedRequestThatEndsWithItsSessionOnAnotherThreadHarmsNobody) {
  client_->send_request("Counter.Release", "");
  client_->vanish();
  world_.settle();
  std::jthread{[&] { const SessionPtr last = std::move(component_.released_session); }}.join();
  world_.settle();
  EXPECT_TRUE(world_.log().contains("error dropped on a thread other than the logic thread"));
}

TEST_F(ResponderTest, ReleasedRequestThatIsAnsweredOnAnotherThreadStaysOpen) {
  const std::uint64_t id = client_->send_request("Counter.Release", "");
  std::jthread{[&] {
    EXPECT_THROW(component_.released_session->respond(id, Reply{"wrong"}), std::logic_error);
  }}.join();
  EXPECT_TRUE(component_.released_session->respond(id, Reply{"right"}));
  world_.settle();
  EXPECT_EQ(answer_to(id), R"({"text":"right"})");
}

TEST_F(ResponderTest, MayAnswerOrEndAfterItsSession) {
  client_->send_request("Counter.Hold", "");
  client_->send_request("Counter.Hold", "");
  client_->send_request("Counter.Release", "");
  client_->send_request("Counter.Task", "x");
  client_->vanish();
  component_.held[0].respond("too late");
  component_.held.clear();
  EXPECT_TRUE(component_.released_session->respond(component_.released[0], "too late"));
  world_.advance(seconds{5});
  EXPECT_EQ(world_.app().session_count(), 0u);
}

TEST_F(ResponderTest, TooManyOpenCallsAreRefusedUntilSomeEnd) {
  for (std::uint32_t i = 0; i < limits::calls_in_flight; ++i) client_->send_request("Counter.Hold", "");
  ASSERT_EQ(component_.held.size(), limits::calls_in_flight);
  const std::string refusal = "too_many_requests: Too many calls of this session are open.";
  EXPECT_EQ(ask("Counter.Hold"), refusal);
  EXPECT_EQ(ask("Counter.Task", "x"), refusal);
  client_->notify("Counter.Hold", "");
  EXPECT_EQ(component_.held.size(), limits::calls_in_flight) << "a notify is dropped";
  EXPECT_EQ(ask("Counter.Echo", "at once"), "at once") << "what is answered at once is not counted";
  auto other = world_.connect();
  other->send_request("Counter.Hold", "");
  EXPECT_EQ(component_.held.size(), limits::calls_in_flight + 1) << "others are not concerned";

  component_.held.erase(component_.held.begin());
  client_->send_request("Counter.Release", "");
  EXPECT_EQ(ask("Counter.Hold"), refusal) << "a released request is open, too";
  component_.released_session->respond(component_.released[0], "x");
  client_->send_request("Counter.Hold", "");
  EXPECT_EQ(component_.held.size(), limits::calls_in_flight + 1);
}

TEST_F(ResponderTest, OpenCallsAreBoundedByTheBytesTheyKeepToo) {
  const std::string large(60'000, 'x');
  const std::size_t fit = limits::calls_in_flight_bytes / (large.size() + limits::message_overhead_bytes);
  ASSERT_LT(fit, limits::calls_in_flight);
  for (std::size_t i = 0; i < fit; ++i) client_->send_request("Counter.Hold", large);
  ASSERT_EQ(component_.held.size(), fit);
  EXPECT_EQ(ask("Counter.Hold", large), "too_many_requests: Too many calls of this session are open.");
  component_.held.front().respond("done");
  client_->send_request("Counter.Hold", large);
  EXPECT_EQ(component_.held.size(), fit + 1) << "what has ended is not counted any more";
}

TEST_F(ResponderTest, SecondAnswerIsNotSentButNamedInTheLog) {
  const std::uint64_t id = client_->send_request("Counter.Hold", "");
  EXPECT_TRUE(component_.held[0].respond("once"));
  EXPECT_FALSE(component_.held[0].respond("twice"));
  EXPECT_FALSE(component_.held[0].fail({Errc::internal, "three times"}));
  world_.settle();
  EXPECT_EQ(answer_to(id), "once");
  EXPECT_EQ(answer_to(id), unanswered(id));
  EXPECT_TRUE(world_.log().contains("answered twice route=Counter.Hold session=1"));
}

TEST_F(ResponderTest, AnsweredAfterItsTimerHasGivenUpHarmsNobody) {
  const std::uint64_t id = client_->send_request("Counter.Hold", "");
  Responder<std::string>& held = component_.held[0];
  world_.app().scheduler().after(seconds{1}, [&] { held.fail({"timeout", "Too late."}); }).detach();
  world_.advance(seconds{1});
  EXPECT_FALSE(held.respond("late"));
  world_.settle();
  EXPECT_EQ(answer_to(id), "timeout: Too late.");
  EXPECT_EQ(ask("Counter.Echo", "and on"), "and on");
}

TEST_F(ResponderTest, ThrowsOnceItHasNoRequestOrNoSession) {
  client_->send_request("Counter.Hold", "");
  component_.held[0].respond("once");
  EXPECT_THROW(component_.held[0].release(), std::logic_error);
  EXPECT_THROW(component_.held[0].session(), std::logic_error);
  client_->send_request("Counter.Hold", "");
  const Responder<std::string> elsewhere = std::move(component_.held[1]);
  EXPECT_THROW(component_.held[1].respond("from nowhere"), std::logic_error);
  EXPECT_TRUE(elsewhere.open());
}

}  // namespace
}  // namespace nano
