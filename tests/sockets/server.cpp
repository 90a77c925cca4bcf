#include "tests/sockets/server.h"

#include "nano/net/tls_certificate_for_tests.h"
#include "tests/sockets/service.h"

namespace nano::sockets {
namespace {

const TestCertificate& certificate() {
  static const TestCertificate made;
  return made;
}

}  // namespace

std::string_view scheme_of(Transport transport) {
  switch (transport) {
    case Transport::tcp: return "tcp";
    case Transport::tls: return "tls";
    case Transport::websocket: return "ws";
    case Transport::websocket_tls: return "wss";
  }
  return "";
}

const TlsFiles& tls_files() {
  static const TlsFiles files{certificate().certificate_file.string(), certificate().key_file.string()};
  return files;
}

const std::string& trusted_file() { return tls_files().certificate; }

Server::Server(Settings settings) : end_(ended_.get_future()) {
  tls_files();  // before the threads begin
  settings.options.io_threads = settings.io_threads;
  settings.options.log = log_.log();
  thread_ = std::thread{[this, settings = std::move(settings)]() mutable { run(std::move(settings)); }};
  if (started_.get_future().wait_for(time_limit) != std::future_status::ready) std::abort();
}

Server::~Server() {
  if (end_.valid()) stop();
  may_destroy_.set_value();
  thread_.join();
}

void Server::run(Settings settings) {
  Application application{settings.options};
  application_ = &application;
  application.add<Service>();
  application.listen_tcp("127.0.0.1:0");
  application.listen_tcp("127.0.0.1:0", {.tls = true, .tls_files = tls_files()});
  application.listen_websocket("127.0.0.1:0");
  application.listen_websocket("127.0.0.1:0", {.tls = true, .tls_files = tls_files()});
  if (settings.configure) settings.configure(application);
  application.on_started([this, &application] {
    addresses_ = application.addresses();
    started_.set_value();
  });
  ended_.set_value(application.run());
  may_destroy_.get_future().wait();
}

std::uint16_t Server::port(Transport transport) const {
  for (const ListeningAddress& listening : addresses_) {
    if (listening.scheme != scheme_of(transport)) continue;
    return static_cast<std::uint16_t>(std::stoi(listening.address.substr(listening.address.rfind(':') + 1)));
  }
  throw std::runtime_error("the server has no such listener");
}

int Server::wait_for_end() {
  if (end_.wait_for(time_limit) != std::future_status::ready) {
    throw std::runtime_error("the server does not stop");
  }
  return end_.get();
}

int Server::stop() {
  ask_to_stop();
  return wait_for_end();
}

}  // namespace nano::sockets
