#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "nano/session/group.h"
#include "nano/testing/world.h"

namespace nano {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::seconds;

/// Writes down what happens to it.
class Recorder : public Component {
 public:
  Recorder(std::string name, Texts& events) : name_(std::move(name)), events_(events) {}
  ~Recorder() override { events_.push_back("~" + name_); }
  static void routes(Routes<Recorder>& on) { on.add<&Recorder::note>("Note").add<&Recorder::wait>("Wait"); }

  void init() override { step("init"); }
  void after_init() override { step("after_init"); }
  void before_shutdown() override { step("before_shutdown"); }
  void shutdown() override { step("shutdown"); }
  void note(const std::string& in) { events_.push_back(name_ + " noted " + in); }
  Task<std::string> wait(std::string in) {
    const Leaving leaving{*this};
    co_await sleep(seconds{10});
    co_return in;
  }

  std::string throws_in;

 private:
  struct Leaving {
    Recorder& recorder;
    ~Leaving() { recorder.events_.push_back(recorder.name_ + " coroutine ended"); }
  };
  void step(const std::string& what) {
    events_.push_back(name_ + " " + what);
    if (throws_in == what) throw std::runtime_error(what + " broke");
  }

  std::string name_;
  Texts& events_;
};

class LifeCycle : public ::testing::Test {
 protected:
  LifeCycle() : world_(std::make_unique<testing::World>()) {
    for (const std::string name : {"a", "b", "c"}) {
      ComponentOptions options;
      options.name = name;
      components_.push_back(&world_->app().add<Recorder>(std::move(options), name, events_));
    }
    const auto closed = [this](Session& s) { events_.push_back("closed " + s.close_reason()); };
    world_->app().on_session_closed(closed).detach();
  }
  Texts take() { return std::exchange(events_, {}); }

  Texts events_;
  std::unique_ptr<testing::World> world_;
  std::vector<Recorder*> components_;
};

TEST_F(LifeCycle, StartsInTheOrderOfAddingAndStopsInReverse) {
  EXPECT_TRUE(events_.empty());
  world_->start();
  EXPECT_EQ(take(), (Texts{"a init", "b init", "c init", "a after_init", "b after_init", "c after_init"}));
  world_->stop();
  EXPECT_TRUE(world_->app().stopped());
  EXPECT_EQ(take(), (Texts{"c before_shutdown", "b before_shutdown", "a before_shutdown", "c shutdown",
                           "b shutdown", "a shutdown"}));
  world_.reset();
  EXPECT_EQ(take(), (Texts{"~c", "~b", "~a"}));
}

TEST_F(LifeCycle, ExceptionInInitStopsTheStartWithItsMessage) {
  components_[1]->throws_in = "init";
  try {
    world_->start();
    FAIL() << "started";
  } catch (const std::runtime_error& failure) {
    EXPECT_STREQ(failure.what(), "init broke");
  }
  EXPECT_EQ(take(), (Texts{"a init", "b init"}));
  EXPECT_TRUE(world_->connect_silently()->closed()) << "nobody is served";
}

TEST_F(LifeCycle, RunSaysWhyItCannotStartAndReturns1) {
  components_[2]->throws_in = "after_init";
  EXPECT_EQ(world_->app().run(), 1);
  EXPECT_TRUE(world_->log().contains("error cannot start error=\"after_init broke\""));
}

TEST_F(LifeCycle, ExceptionWhileStoppingIsLoggedAndTheOthersStopAllTheSame) {
  world_->start();
  take();
  components_[1]->throws_in = "before_shutdown";
  components_[2]->throws_in = "shutdown";
  world_->stop();
  EXPECT_EQ(take().size(), 6u);
  EXPECT_TRUE(world_->app().stopped());
  EXPECT_TRUE(world_->log().contains("before_shutdown broke"));
  EXPECT_TRUE(world_->log().contains("shutdown broke"));
}

TEST_F(LifeCycle, SessionsCloseBetweenBeforeShutdownAndShutdown) {
  world_->start();
  auto opened = world_->connect();
  auto in_handshake = world_->connect_silently();
  world_->app().find_session(1)->on_closed([this](Session&) { events_.push_back("callback"); }).detach();
  take();
  world_->stop();
  EXPECT_EQ(take(), (Texts{"c before_shutdown", "b before_shutdown", "a before_shutdown", "callback",
                           "closed shutdown", "c shutdown", "b shutdown", "a shutdown"}));
  EXPECT_EQ(opened->close_reason(), "shutdown");
  EXPECT_EQ(in_handshake->close_reason(), "shutdown");
  EXPECT_EQ(world_->app().session_count(), 0u);
  EXPECT_EQ(world_->connect_silently()->close_reason(), "shutdown") << "nobody is let in any more";
}

TEST_F(LifeCycle, WhatIsSentWhileStoppingStillReachesTheClients) {
  class Farewell final : public Component {
   public:
    static void routes(Routes<Farewell>& on) { on.add<&Farewell::join>("Join"); }
    void join(Session& session) { members_.add(session); }
    void before_shutdown() override { members_.broadcast("onBye", "see you"); }

   private:
    Group members_;
  };
  world_->app().add<Farewell>();
  world_->start();
  auto client = world_->connect();
  client->notify("Farewell.Join", "");
  world_->stop();
  EXPECT_EQ(client->next_push()->payload, "see you");
  EXPECT_TRUE(client->closed());
}

TEST_F(LifeCycle, CoroutinesThatNeverEndAreCancelledAfterTheShutdownAndTheirRequestsGetAnError) {
  world_->start();
  auto client = world_->connect();
  const std::uint64_t id = client->send_request("a.Wait", "x");
  take();
  world_->stop();
  const Texts events = take();
  EXPECT_EQ(events.back(), "a coroutine ended");
  EXPECT_EQ(events[events.size() - 2], "a shutdown");
  EXPECT_EQ(client->take_reply<std::string>(id).error().code, "unavailable");
  EXPECT_EQ(world_->app().scheduler().spawned_count(), 0u);
}

TEST_F(LifeCycle, ServicesHearOfClosedSessionsAndNoHandlerIsCalledAfterTheShutdown) {
  world_->start();
  auto client = world_->connect();
  const SessionPtr session = world_->app().find_session(1);
  session->on_closed([](Session& s) { s.notify("a.Note", "from the callback"); }).detach();
  take();
  world_->stop();
  session->notify("a.Note", "much later");
  world_->settle();
  const Texts events = take();
  EXPECT_EQ(std::count(events.begin(), events.end(), "a noted from the callback"), 1);
  EXPECT_EQ(std::count(events.begin(), events.end(), "a noted much later"), 0);
  EXPECT_EQ(events.back(), "a shutdown");
}

TEST_F(LifeCycle, AskedAgainAfterTheStopDoesNothing) {
  world_->start();
  world_->stop();
  take();
  world_->stop();
  EXPECT_TRUE(take().empty());
}

TEST_F(LifeCycle, WorldThatIsDestroyedStopsItsApplication) {
  world_->start();
  auto client = world_->connect();
  const std::uint64_t id = client->send_request("b.Wait", "x");
  EXPECT_EQ(id, 1u);
  take();
  world_.reset();
  const Texts events = take();
  ASSERT_EQ(events.size(), 11u);
  EXPECT_EQ(events[3], "closed shutdown");
  EXPECT_EQ(events[7], "b coroutine ended");
  EXPECT_EQ(client->close_reason(), "shutdown") << "the client may outlive its world";
}

TEST_F(LifeCycle, WorldThatNeverStartedIsDestroyedQuietly) {
  world_.reset();
  EXPECT_EQ(take(), (Texts{"~c", "~b", "~a"}));
}

TEST_F(LifeCycle, StartedCallbackRunsAfterInit) {
  world_->app().on_started([this] { events_.push_back("started"); });
  world_->start();
  EXPECT_EQ(take().back(), "started");
}

TEST_F(LifeCycle, StartedCallbackThatThrowsIsNamedAndTheOthersRunAllTheSame) {
  world_->app().on_started([] { throw std::runtime_error("no greeting"); });
  world_->app().on_started([this] { events_.push_back("started"); });
  world_->start();
  EXPECT_EQ(take().back(), "started");
  EXPECT_TRUE(world_->log().contains("task failed in=on_started error=\"no greeting\""));
}

/// Does in its destructor what it may.
class Parting final : public Component {
 public:
  explicit Parting(Texts& events) : events_(events) {}
  ~Parting() override {
    log().info("parting", {{"sessions", members_.count()}});
    if (now() == TimePoint{}) events_.push_back("no time");
    scheduler().post([this] { events_.push_back("posted"); });
    scheduler().spawn(wait());
    const Timer timer = after(seconds{0}, [this] { events_.push_back("fired"); });
    events_.push_back(timer.active() ? "timer" : "nothing is started any more");
  }
  static void routes(Routes<Parting>& on) { on.add<&Parting::join>("Join"); }
  void join(Session& session) {
    members_.add(session);
    last_ = session.shared_from_this();
    ticking_ = every(seconds{1}, [] {});
  }

 private:
  Task<void> wait() {
    events_.push_back("spawned");
    co_return;
  }
  Texts& events_;
  Group members_;
  SessionPtr last_;
  Timer ticking_;
};

TEST_F(LifeCycle, ADestructorMayUseWhatAComponentHas) {
  world_->app().add<Parting>(events_);
  world_->start();
  auto client = world_->connect();
  client->notify("Parting.Join", "");
  const testing::LogCapture log = world_->log();
  take();
  world_.reset();
  const Texts events = take();
  EXPECT_EQ(std::count(events.begin(), events.end(), "nothing is started any more"), 1);
  for (const char* never : {"no time", "posted", "spawned", "fired"}) {
    EXPECT_EQ(std::count(events.begin(), events.end(), never), 0) << never;
  }
  EXPECT_TRUE(log.contains("info parting sessions=0"));
}

TEST_F(LifeCycle, SoItMayWhenTheApplicationNeverStarted) {
  world_->app().add<Parting>(events_);
  const testing::LogCapture log = world_->log();
  world_.reset();
  EXPECT_TRUE(log.contains("info parting"));
}

TEST_F(LifeCycle, WhatTheApplicationGaveIsDestroyedWhileAllIsStillThere) {
  struct Last {
    Application& app;
    Texts& events;
    ~Last() {
      app.log().info("last");
      app.scheduler().post([] {});
      events.push_back("last " + std::to_string(app.session_count()));
    }
  };
  const auto last = [this] { return std::make_shared<Last>(world_->app(), events_); };
  world_->app().on_session_opened([kept = last()](Session&) {}).detach();
  world_->app().inbound().push_back([kept = last()](Session&, PipelineMessage&) { return Result<void>{}; });
  world_->app().outbound().push_back([kept = last()](Session&, PipelineMessage&) { return Result<void>{}; });
  world_->app().on_started([kept = last()] {});
  world_->app().scheduler().at_turn_end([kept = last()] {});
  world_.reset();
  EXPECT_EQ(take(), (Texts{"last 0", "~c", "~b", "~a", "last 0", "last 0", "last 0", "last 0"}));
}

TEST_F(LifeCycle, AnApplicationStartsOnce) {
  world_->start();
  EXPECT_THROW(world_->start(), std::logic_error);
}

}  // namespace
}  // namespace nano
