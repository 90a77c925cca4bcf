#include "cluster/network/grpc_channel.h"

#include <chrono>
#include <map>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>

#include "cluster/network/grpc_bytes.h"
#include "cluster/network/grpc_stream.h"

namespace nano::cluster {
namespace {

/// Something of a channel that the channel's end ends.
class ChannelCall {
 public:
  virtual ~ChannelCall() = default;
  /// Logic thread. Without a word.
  virtual void give_up() = 0;
};

/// Held by the channel and its calls; logic thread only.
struct ChannelParts {
  ChannelParts(const std::shared_ptr<grpc::Channel>& used_channel, bool is_secure)
      : channel(used_channel), stub(channel), secure(is_secure) {}

  void add_headers(grpc::ClientContext& context) const {
    for (const auto& [name, value] : headers) context.AddMetadata(name, value);
  }

  const std::shared_ptr<grpc::Channel> channel;
  grpc::GenericStub stub;
  const bool secure;
  std::map<std::string, std::string> headers;
  std::unordered_set<ChannelCall*> calls;
};

/// A server that refuses a certificate closes the connection, after what the client takes for a handshake
/// that went well.
NetworkError describe(const grpc::Status& status, const ChannelParts& channel) {
  NetworkError error = to_error(status);
  if (channel.secure && error.message.ends_with("Socket closed")) {
    error.message +=
        " (with TLS most often since it refuses this node's certificate, or speaks no TLS: its log says "
        "which)";
  }
  return error;
}

class ClientCall final : public GrpcCall, public ChannelCall {
 public:
  ClientCall(std::shared_ptr<GrpcHandover> handover, std::shared_ptr<ChannelParts> channel, CallDone done)
      : GrpcCall(std::move(handover)), channel_(std::move(channel)), done_(std::move(done)) {
    channel_->calls.insert(this);
  }
  ~ClientCall() override { channel_->calls.erase(this); }

  void start(const std::string& method, std::string request, Duration timeout) {
    channel_->add_headers(context_);
    // The deadline goes by the time of day, as gRPC wants it.
    context_.set_deadline(std::chrono::system_clock::now() +
                          std::chrono::duration_cast<std::chrono::system_clock::duration>(timeout));
    request_ = to_buffer(std::move(request));
    starting();
    channel_->stub.UnaryCall(&context_, method, {}, &request_, &response_, [this](grpc::Status status) {
      reacting();
      status_ = std::move(status);
      answered_ = is_answer();
      handover().end(*this);
    });
  }
  void abort() override { context_.TryCancel(); }
  void give_up() override {
    done_ = nullptr;
    context_.TryCancel();
  }
  void ended() override {
    if (!done_) return;
    CallDone done = std::exchange(done_, nullptr);
    if (!status_.ok()) {
      NetworkError error = describe(status_, *channel_);
      error.answered = answered_;
      return done(std::move(error));
    }
    const grpc::Slice response = to_slice(response_);
    done(std::string{view(response)});
  }

 private:
  /// gRPC makes up a status of the other side's where the connection broke; then it is not ready any more.
  bool is_answer() const {
    return context_.debug_error_string().find("Error received from peer") != std::string::npos &&
           channel_->channel->GetState(false) == GRPC_CHANNEL_READY;
  }

  const std::shared_ptr<ChannelParts> channel_;
  CallDone done_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  grpc::Status status_;
  bool answered_ = false;
};

class ClientStream final : public GrpcStreamCall,
                           public ChannelCall,
                           private grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  ClientStream(std::shared_ptr<GrpcHandover> handover, std::shared_ptr<ChannelParts> channel)
      : GrpcStreamCall(std::move(handover)), channel_(std::move(channel)) {
    channel_->calls.insert(this);
  }
  ~ClientStream() override { channel_->calls.erase(this); }

  void start(const std::string& method) {
    channel_->add_headers(context_);
    channel_->stub.PrepareBidiStreamingCall(&context_, method, {}, this);
    AddHold();  // for what the logic thread starts; until finish()
    read_first();
    starting();
    StartCall();
  }
  void abort() override { end(grpc::Status::CANCELLED); }
  void give_up() override { leave(); }

 private:
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
  void finish(const std::optional<grpc::Status>& why, bool) override {
    if (why) context_.TryCancel();
    starting();
    RemoveHold();
  }
  void read_last() override { end(std::nullopt); }
  NetworkError why_ended() const override {
    if (status_.ok()) return {NetworkErrc::unreachable, "closed by the other side"};
    return describe(status_, *channel_);
  }

  void OnReadDone(bool ok) override {
    reacting();
    read(ok);
  }
  void OnWriteDone(bool ok) override {
    reacting();
    written(ok);
  }
  void OnDone(const grpc::Status& status) override {
    reacting();
    status_ = status;
    handover().end(*this);
  }

  const std::shared_ptr<ChannelParts> channel_;
  grpc::ClientContext context_;
  grpc::Status status_;
};

/// Of a network that is gone.
class DeadStream final : public Stream {
 public:
  void send(std::string) override {}
  void close() override {}
};

class GrpcChannel final : public Channel {
 public:
  GrpcChannel(std::shared_ptr<GrpcHandover> handover, const std::shared_ptr<grpc::Channel>& channel,
              bool secure)
      : handover_(std::move(handover)), parts_(std::make_shared<ChannelParts>(channel, secure)) {}
  ~GrpcChannel() override {
    const std::vector<ChannelCall*> calls(parts_->calls.begin(), parts_->calls.end());
    for (ChannelCall* call : calls) call->give_up();
  }
  GrpcChannel(const GrpcChannel&) = delete;
  GrpcChannel& operator=(const GrpcChannel&) = delete;

  void set_header(const std::string& name, std::string value) override {
    parts_->headers.insert_or_assign(name, std::move(value));
  }
  void call(std::string_view method, std::string request, Duration timeout, CallDone done) override {
    if (handover_->closing()) return;
    const auto call = std::make_shared<ClientCall>(handover_, parts_, std::move(done));
    (void)handover_->add(call);
    call->start(std::string{method}, std::move(request), timeout);
  }
  std::unique_ptr<Stream> open_stream(std::string_view method, StreamEvents& events) override {
    if (handover_->closing()) return std::make_unique<DeadStream>();
    const auto call = std::make_shared<ClientStream>(handover_, parts_);
    call->set_events(&events);
    (void)handover_->add(call);
    call->start(std::string{method});
    return std::make_unique<GrpcStream>(call);
  }

 private:
  const std::shared_ptr<GrpcHandover> handover_;
  const std::shared_ptr<ChannelParts> parts_;
};

}  // namespace

std::unique_ptr<Channel> connect_grpc(std::shared_ptr<GrpcHandover> handover, const GrpcSettings& settings,
                                      const std::string& address) {
  return std::make_unique<GrpcChannel>(std::move(handover), settings.make_channel(address),
                                       settings.secure());
}

}  // namespace nano::cluster
