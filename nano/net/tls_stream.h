// Internal header. TLS without sockets: ciphertext in, plaintext out, and the other way round, over OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "nano/base/limits.h"

namespace nano {

/// What TLS connections share: certificate, private key, settings. Any thread may use it at the same time;
/// it outlives the streams made from it.
class TlsContext {
 public:
  struct ServerFiles {
    std::string certificate_chain = {};  ///< PEM: the server's certificate first, then the intermediate ones
    std::string private_key = {};        ///< PEM, not encrypted
    int version_min = TLS1_2_VERSION;
  };

  /// For the accepting side: TLS 1.2 and 1.3, key exchange over elliptic curves and authenticated ciphers
  /// only, no renegotiation, no compression, resumption by tickets that the clients keep. Throws
  /// std::runtime_error with a sentence that says what to change: a file that cannot be read or holds
  /// something else, a key that does not belong to the certificate.
  static TlsContext server(const ServerFiles& files);
  /// For the connecting side (tests, load generators). With a file of trusted certificates (PEM) the server's
  /// chain is verified, and its name where TlsStream is given one; with "" nothing is verified.
  static TlsContext client(const std::string& trusted_file = {});

  /// Of the private key; 0 when it is none of RSA. What a handshake costs grows with the cube of it.
  int rsa_key_bits() const;

 private:
  friend class TlsStream;
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
  };

  explicit TlsContext(bool is_server);

  bool is_server_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<BIO_METHOD, Free> pipe_method_;
};

/// One TLS connection. Used by one thread at a time; does no I/O: the owner hands in what it reads from the
/// socket and writes what output() holds after each call.
class TlsStream {
 public:
  enum class Status {
    ok,      ///< goes on
    closed,  ///< the peer said that it sends no more (close_notify); we may still send
    error,   ///< handshake or record failed; error_text() says why; send the output (the alert) and close
  };

  /// `context` outlives the stream. `server_name` is for clients: sent to the server, and verified.
  explicit TlsStream(const TlsContext& context, const std::string& server_name = {});
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  /// Clients only: begins the handshake. A server waits for the client to begin.
  void start();

  /// Takes all of `ciphertext` and calls `on_plaintext(std::span<std::uint8_t>)` for what it decrypts to, in
  /// pieces of at most 16 KiB, which the callee may overwrite and which are gone when it returns. The callee
  /// may call encrypt() and shutdown(), but must not destroy the stream. After `closed` or `error` input is
  /// ignored.
  template <class OnPlaintext>
  Status decrypt(std::span<const std::uint8_t> ciphertext, OnPlaintext&& on_plaintext) {
    std::array<std::uint8_t, limits::tls_record_bytes> buffer;
    pipe_.input = ciphertext;
    while (const std::size_t bytes = read(buffer)) on_plaintext(std::span{buffer}.first(bytes));
    pipe_.input = {};
    return status_;
  }

  /// Appends `plaintext`, encrypted, to the output. Only after handshake_done() (asserted). Ignored after
  /// shutdown() and after an error.
  void encrypt(std::span<const std::uint8_t> plaintext);

  /// Appends close_notify to the output, once; nothing can be sent afterwards.
  void shutdown();

  bool handshake_done() const { return SSL_is_init_finished(ssl_.get()) == 1; }

  /// Ciphertext that waits to be written.
  const std::string& output() const { return pipe_.output; }
  /// Hands it over and leaves none.
  std::string take_output() { return std::exchange(pipe_.output, {}); }

  /// Why the status is `error`, for the log.
  const std::string& error_text() const { return error_text_; }
  /// Whether the peer began with a request of HTTP in place of a handshake. It reads no alert.
  bool got_plain_http() const { return got_plain_http_; }

 private:
  friend class TlsContext;

  /// What OpenSSL reads from and writes to, in place of a socket: no buffers of its own, so that an idle
  /// connection holds none.
  struct Pipe {
    std::span<const std::uint8_t> input;
    std::string output;

    static int read(BIO* bio, char* into, std::size_t size, std::size_t* bytes);
    static int write(BIO* bio, const char* from, std::size_t size, std::size_t* bytes);
    static long control(BIO* bio, int command, long number, void* pointer);
  };
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  /// Decrypts the next piece; 0 when there is none for now or ever.
  std::size_t read(std::span<std::uint8_t> into);
  void fail();
  static void on_tls_message(int is_outbound, int version, int content_type, const void* bytes,
                             std::size_t size, SSL* ssl, void* stream);

  Pipe pipe_;
  std::unique_ptr<SSL, Free> ssl_;
  Status status_ = Status::ok;
  bool shut_down_ = false;
  bool got_plain_http_ = false;
  std::uint32_t handshake_messages_ = 0;  // from the client
  std::string error_text_;
};

}  // namespace nano
