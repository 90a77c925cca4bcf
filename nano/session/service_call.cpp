#include "nano/session/service_call.h"

#include <optional>
#include <utility>

#include "nano/session/call.h"

namespace nano {

/// Held by the awaiting coroutine, and as the caller by whoever will answer.
class ServiceCall::State final : public Caller, public std::enable_shared_from_this<State> {
 public:
  State(SessionHost& host, SessionPtr session, std::string route, std::string payload, CallOptions options)
      : host_(host),
        session_(std::move(session)),
        route_(std::move(route)),
        payload_(std::move(payload)),
        options_(options) {}

  ~State() override = default;

  void start(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    work_ = host_.scheduler().work();
    timer_ = host_.scheduler().after_listening(options_.timeout, [this] {
      finish(Error{Errc::timeout, "The call to \"" + route_ + "\" was not answered in time."});
    });
    // In a later turn, as a notify: whoever calls does not see others' state change under its hands.
    host_.scheduler().post([self = shared_from_this(), session = session_] {
      if (!self->waiting_) return;
      self->host_.events().on_call({self->host_, session.get(), self->route_, self},
                                   protocol::as_bytes(self->payload_), Reach::cluster);
    });
  }
  void abandon() {
    waiting_ = nullptr;
    session_ = nullptr;
    timer_.cancel();
  }
  Result<std::string> take() { return std::move(*answer_); }

  void answered(protocol::ByteView payload) override { finish(std::string{protocol::as_text(payload)}); }
  void failed(const Error& error) override { finish(error); }
  bool waits() const override { return waiting_ && !answer_; }

 private:
  void finish(Result<std::string> answer) {
    if (answer_ || !waiting_) return;
    answer_ = std::move(answer);
    timer_.cancel();
    // The answer is made on another handler's stack, perhaps by a call that this session keeps.
    host_.scheduler().post([self = shared_from_this(), session = std::move(session_)] {
      const auto waiting = std::exchange(self->waiting_, nullptr);
      if (!waiting) return;
      self->host_.scheduler().note(self->work_);
      waiting.resume();
    });
  }

  SessionHost& host_;
  SessionPtr session_;  // until the end: the session may hold the call that it released, and so this
  const std::string route_;
  const std::string payload_;
  const CallOptions options_;
  std::coroutine_handle<> waiting_;
  WorkName work_;  // in whose name it waits
  std::optional<Result<std::string>> answer_;
  Timer timer_;
};

ServiceCall::ServiceCall(SessionHost& host, SessionPtr session, std::string route, std::string payload,
                         CallOptions options)
    : state_(
          std::make_shared<State>(host, std::move(session), std::move(route), std::move(payload), options)) {}

ServiceCall::~ServiceCall() { state_->abandon(); }

void ServiceCall::await_suspend(std::coroutine_handle<> waiting) { state_->start(waiting); }

Result<std::string> ServiceCall::await_resume() { return state_->take(); }

}  // namespace nano
