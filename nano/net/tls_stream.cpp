#include "nano/net/tls_stream.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <openssl/err.h>

#include "nano/base/limits.h"
#include "protocol/assert.h"

namespace nano {

namespace {

/// The oldest error that OpenSSL noted on this thread, which is the cause of the others; forgets all of them.
std::string take_openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "unknown error";
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "error " + std::to_string(code);
}

[[noreturn]] void refuse_file(const std::string& what, const std::string& file, const std::string& remedy) {
  throw std::runtime_error("The " + what + " '" + file + "' cannot be used (" + take_openssl_error() + "). " +
                           remedy);
}

// What a client may make us compute. OpenSSL's own defaults hold groups of 8192 bits, at 174 ms of CPU for
// each ClientHello that names one; key exchange by RSA, which has no forward secrecy; and CBC, whose padding
// has been attacked for twenty years. All that clients of this decade need is here, the cheapest first.
constexpr const char* groups = "X25519:P-256:P-384";
constexpr const char* ciphers_tls1_2 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* ciphers_tls1_3 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
/// Our order counts, except that a client without AES in hardware, which puts ChaCha20 first, gets it.
constexpr std::uint64_t server_options =
    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_RENEGOTIATION;

/// An encrypted key is an error, not a question on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

}  // namespace

TlsContext::TlsContext(bool is_server)
    : is_server_(is_server),
      context_(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method())),
      pipe_method_(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "nano pipe")) {
  if (!context_ || !pipe_method_) throw std::runtime_error("OpenSSL: " + take_openssl_error());
  BIO_meth_set_read_ex(pipe_method_.get(), &TlsStream::Pipe::read);
  BIO_meth_set_write_ex(pipe_method_.get(), &TlsStream::Pipe::write);
  BIO_meth_set_ctrl(pipe_method_.get(), &TlsStream::Pipe::control);

  const bool named = SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION) == 1 &&
                     SSL_CTX_set1_groups_list(context_.get(), groups) == 1 &&
                     SSL_CTX_set_cipher_list(context_.get(), ciphers_tls1_2) == 1 &&
                     SSL_CTX_set_ciphersuites(context_.get(), ciphers_tls1_3) == 1;
  if (!named) throw std::runtime_error("OpenSSL: " + take_openssl_error());
  SSL_CTX_set_options(context_.get(), server_options | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_RELEASE_BUFFERS);  // idle connections hold no record buffers
  // Sessions are resumed by tickets, which the clients keep; a cache would grow with every client.
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(context_.get(), &no_passphrase);
}

TlsContext TlsContext::server(const ServerFiles& files) {
  TlsContext made{true};
  SSL_CTX* context = made.context_.get();
  ERR_clear_error();
  if (SSL_CTX_set_min_proto_version(context, files.version_min) != 1) {
    throw std::runtime_error("The lowest TLS version is not one that OpenSSL knows: choose TLS 1.2 or 1.3.");
  }
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate_chain.c_str()) != 1) {
    refuse_file("TLS certificate file", files.certificate_chain,
                "Name a readable PEM file that holds the server's certificate, then the intermediate ones.");
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    refuse_file("TLS private key file", files.private_key,
                "Name a readable PEM file that holds the key that the certificate '" +
                    files.certificate_chain + "' was made with, without a passphrase.");
  }
  return made;
}

int TlsContext::rsa_key_bits() const {
  EVP_PKEY* key = SSL_CTX_get0_privatekey(context_.get());
  return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? EVP_PKEY_get_bits(key) : 0;
}

TlsContext TlsContext::client(const std::string& trusted_file) {
  TlsContext made{false};
  if (trusted_file.empty()) return made;
  ERR_clear_error();
  if (SSL_CTX_load_verify_locations(made.context_.get(), trusted_file.c_str(), nullptr) != 1) {
    refuse_file("file of trusted certificates", trusted_file, "Name a readable PEM file.");
  }
  SSL_CTX_set_verify(made.context_.get(), SSL_VERIFY_PEER, nullptr);
  return made;
}

int TlsStream::Pipe::read(BIO* bio, char* into, std::size_t size, std::size_t* bytes) {
  auto& pipe = *static_cast<Pipe*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *bytes = std::min(size, pipe.input.size());
  if (*bytes == 0) {
    BIO_set_retry_read(bio);  // more may come: not the end of the stream
    return 0;
  }
  std::copy_n(pipe.input.begin(), *bytes, into);
  pipe.input = pipe.input.subspan(*bytes);
  return 1;
}

int TlsStream::Pipe::write(BIO* bio, const char* from, std::size_t size, std::size_t* bytes) {
  static_cast<Pipe*>(BIO_get_data(bio))->output.append(from, size);
  *bytes = size;
  return 1;
}

long TlsStream::Pipe::control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

TlsStream::TlsStream(const TlsContext& context, const std::string& server_name)
    : ssl_(SSL_new(context.context_.get())) {
  BIO* bio = ssl_ ? BIO_new(context.pipe_method_.get()) : nullptr;
  if (!bio) throw std::bad_alloc{};
  BIO_set_data(bio, &pipe_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);  // now the SSL's own
  SSL_set_msg_callback(ssl_.get(), &on_tls_message);
  SSL_set_msg_callback_arg(ssl_.get(), this);
  if (context.is_server_) {
    SSL_set_accept_state(ssl_.get());
    return;
  }
  SSL_set_connect_state(ssl_.get());
  if (server_name.empty()) return;
  SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
  SSL_set1_host(ssl_.get(), server_name.c_str());
}

TlsStream::~TlsStream() = default;

void TlsStream::start() {
  NANO_ASSERT(!SSL_is_server(ssl_.get()), "TlsStream::start() is for clients; a server waits");
  decrypt({}, [](std::span<std::uint8_t>) {});
}

std::size_t TlsStream::read(std::span<std::uint8_t> into) {
  if (status_ != Status::ok) return 0;
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
  if (handshake_messages_ > limits::tls_handshake_messages) {
    status_ = Status::error;
    error_text_ = "too many handshake messages";
    return 0;
  }
  if (result == 1) return bytes;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: break;
    case SSL_ERROR_ZERO_RETURN: status_ = Status::closed; break;
    default: fail();
  }
  return 0;
}

/// OpenSSL tells of each message here, and would take as many as the input holds before it returns.
void TlsStream::on_tls_message(int is_outbound, int, int content_type, const void*, std::size_t, SSL* ssl,
                               void* stream) {
  if (is_outbound != 0 || content_type != SSL3_RT_HANDSHAKE || SSL_is_server(ssl) == 0) return;
  auto& self = *static_cast<TlsStream*>(stream);
  if (++self.handshake_messages_ > limits::tls_handshake_messages) self.pipe_.input = {};
}

void TlsStream::encrypt(std::span<const std::uint8_t> plaintext) {
  NANO_ASSERT(handshake_done() || status_ == Status::error,
              "TlsStream::encrypt() was called before the handshake");
  if (plaintext.empty() || shut_down_ || status_ == Status::error) return;
  ERR_clear_error();
  std::size_t bytes = 0;
  if (SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &bytes) != 1) fail();
}

void TlsStream::shutdown() {
  if (shut_down_ || status_ == Status::error) return;
  shut_down_ = true;
  if (!handshake_done()) return;  // there is nothing yet that could be closed in an orderly way
  ERR_clear_error();
  if (SSL_shutdown(ssl_.get()) < 0) ERR_clear_error();
}

void TlsStream::fail() {
  status_ = Status::error;
  got_plain_http_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
  error_text_ = take_openssl_error();
}

}  // namespace nano
