#include "cluster/network/grpc_server.h"

#include <chrono>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>

#include "cluster/network/grpc_bytes.h"
#include "cluster/network/grpc_handover.h"
#include "cluster/network/grpc_stream.h"
#include "cluster/network/limits.h"
#include "cluster/network/listen_problem.h"

namespace nano::cluster {
namespace {

/// All methods of this package are calls.
constexpr std::string_view calls_prefix = "/clusterpb.";

grpc::Status stopping() { return {grpc::StatusCode::UNAVAILABLE, "the node stops"}; }

class ServedCall final : public GrpcCall, private grpc::ServerGenericBidiReactor {
 public:
  ServedCall(std::shared_ptr<GrpcHandover> handover, Service& service, std::string method)
      : GrpcCall(std::move(handover)), service_(service), method_(std::move(method)) {}

  grpc::ServerGenericBidiReactor* start() {
    starting();
    StartRead(&request_);
    return this;
  }
  void message(const grpc::Slice& request) override;
  void abort() override { finish(stopping()); }
  void reply(CallOutcome outcome) {
    if (!outcome.ok()) return finish(to_status(outcome.error()));
    const std::lock_guard lock{mutex_};
    if (std::exchange(finished_, true)) return;
    response_ = to_buffer(outcome.response());
    starting();
    StartWriteAndFinish(&response_, {}, grpc::Status::OK);
  }

 private:
  void finish(const grpc::Status& status) {
    const std::lock_guard lock{mutex_};
    if (std::exchange(finished_, true)) return;
    starting();
    Finish(status);
  }

  void OnReadDone(bool ok) override {
    reacting();
    if (!ok) return finish({grpc::StatusCode::INVALID_ARGUMENT, "a call without a request"});
    handover().report(*this, GrpcHandover::Report::message, to_slice(request_));
  }
  void OnCancel() override {
    reacting();
    finish(grpc::Status::CANCELLED);
  }
  void OnDone() override {
    reacting();
    handover().end(*this);
  }

  Service& service_;
  const std::string method_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::mutex mutex_;
  bool finished_ = false;
};

/// Answers also when the service drops it.
class ReplyOnce {
 public:
  explicit ReplyOnce(std::shared_ptr<ServedCall> call) : call_(std::move(call)) {}
  ~ReplyOnce() {
    if (call_) call_->reply(NetworkError{NetworkErrc::refused, "the call was not answered"});
  }
  ReplyOnce(ReplyOnce&&) = default;
  ReplyOnce& operator=(ReplyOnce&&) = delete;
  void operator()(CallOutcome outcome) {
    if (const auto call = std::exchange(call_, nullptr)) call->reply(std::move(outcome));
  }

 private:
  std::shared_ptr<ServedCall> call_;
};

void ServedCall::message(const grpc::Slice& request) {
  service_.on_call(method_, view(request),
                   ReplyOnce{std::static_pointer_cast<ServedCall>(shared_from_this())});
}

class ServedStream final : public GrpcStreamCall, private grpc::ServerGenericBidiReactor {
 public:
  ServedStream(std::shared_ptr<GrpcHandover> handover, Service& service,
               grpc::GenericCallbackServerContext& context)
      : GrpcStreamCall(std::move(handover)),
        service_(service),
        context_(context),
        method_(context.method()) {}

  grpc::ServerGenericBidiReactor* start() {
    handover().report(*this, GrpcHandover::Report::opened);
    read_first();
    return this;
  }
  grpc::ServerGenericBidiReactor* refuse() {
    abort();
    return this;
  }
  void abort() override { end(stopping()); }
  void opened() override;
  void read_all() override { end(grpc::Status::OK); }

 private:
  void leave_call() override {
    if (offered_) {
      left_ = true;
    } else {
      end(grpc::Status::OK);
    }
  }
  void start_read(grpc::ByteBuffer* into) override {
    starting();
    StartRead(into);
  }
  void start_write(const grpc::ByteBuffer* message, bool more_follows) override {
    grpc::WriteOptions options;
    if (more_follows) options.set_buffer_hint();
    starting();
    StartWrite(message, options);
  }
  void finish(const std::optional<grpc::Status>& why, bool writing) override {
    status_ = why.value_or(grpc::Status::OK);
    starting();
    if (!writing) return Finish(status_);
    context_.TryCancel();  // the write may be waiting for the other side
  }
  void finished_writing() override {
    starting();
    Finish(status_);
  }
  // By way of the logic thread, because the service is asked first: a call comes with its end.
  void read_last() override { handover().report(*this, GrpcHandover::Report::read_all); }
  NetworkError why_ended() const override {
    return {NetworkErrc::unreachable, "closed by the other side, or it broke"};
  }

  void OnReadDone(bool ok) override {
    reacting();
    read(ok);
  }
  void OnWriteDone(bool ok) override {
    reacting();
    written(ok);
  }
  void OnCancel() override {
    reacting();
    end(grpc::Status::CANCELLED);
  }
  void OnDone() override {
    reacting();
    handover().end(*this);
  }

  Service& service_;
  grpc::GenericCallbackServerContext& context_;  // until it has ended
  const std::string method_;
  grpc::Status status_;
  /// The service is being asked. If it refuses it has destroyed its stream, which must not be an OK.
  bool offered_ = false;
  bool left_ = false;
};

void ServedStream::opened() {
  const auto self = std::static_pointer_cast<GrpcStreamCall>(shared_from_this());
  StreamEvents* events = nullptr;
  offered_ = true;
  try {
    events = service_.on_stream(method_, std::make_unique<GrpcStream>(self));
  } catch (...) {
    end(to_status({NetworkErrc::refused, "the stream was not taken"}));
    throw;
  }
  offered_ = false;
  if (!events) return end(to_status({NetworkErrc::unimplemented, "unknown method " + method_}));
  if (left_) return leave();
  set_events(events);
}

class AllMethods final : public grpc::CallbackGenericService {
 public:
  AllMethods(std::shared_ptr<GrpcHandover> handover, Service& service)
      : handover_(std::move(handover)), service_(service) {}

 private:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    if (context->method().starts_with(calls_prefix)) {
      const auto call = std::make_shared<ServedCall>(handover_, service_, context->method());
      if (!handover_->add(call)) call->abort();
      return call->start();
    }
    const auto stream = std::make_shared<ServedStream>(handover_, service_, *context);
    return handover_->add(stream) ? stream->start() : stream->refuse();
  }

  const std::shared_ptr<GrpcHandover> handover_;
  Service& service_;
};

}  // namespace

class GrpcServer::Parts {
 public:
  Parts(Scheduler& scheduler, Service& service)
      : handover(std::make_shared<GrpcHandover>(scheduler)), methods(handover, service) {}

  const std::shared_ptr<GrpcHandover> handover;
  AllMethods methods;
  std::unique_ptr<grpc::Server> server;
};

GrpcServer::GrpcServer(Scheduler& scheduler, const GrpcSettings& settings, const std::string& address,
                       Service& service)
    : parts_(std::make_unique<Parts>(scheduler, service)) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error("The address " + address + " has no port.");
  const std::string host = address.substr(0, colon);
  grpc::ServerBuilder builder;
  settings.apply(builder);
  builder.RegisterCallbackGenericService(&parts_->methods);
  int port = 0;
  builder.AddListeningPort(host.empty() ? "0.0.0.0" + address : address, settings.server_credentials(),
                           &port);
  parts_->server = builder.BuildAndStart();
  if (!parts_->server || port == 0) {
    const std::string why = why_not_listening(host, address.substr(colon + 1));
    throw std::runtime_error("Cannot listen on " + address + ": " +
                             (why.empty() ? "gRPC does not take it" : why) + ".");
  }
  address_ = host + ':' + std::to_string(port);
}

GrpcServer::~GrpcServer() {
  if (!parts_->server) return;
  // The calls first, because Shutdown() waits for them; those that come meanwhile are refused.
  parts_->handover->abort_all();
  parts_->server->Shutdown(std::chrono::system_clock::now() + limits::grpc_stop_timeout);
  parts_->handover->close();
}

}  // namespace nano::cluster
