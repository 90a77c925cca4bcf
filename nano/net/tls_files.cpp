#include "nano/net/tls_files.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <sys/stat.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "nano/base/limits.h"

namespace nano {
namespace {

template <class T, void (*free_it)(T*)>
struct Freed {
  void operator()(T* object) const { free_it(object); }
};
using Certificate = std::unique_ptr<X509, Freed<X509, &X509_free>>;
using Certificates = std::vector<Certificate>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, &EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE, &X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX, &X509_STORE_CTX_free>>;
struct BioFreed {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Text = std::unique_ptr<BIO, BioFreed>;

/// One file, named in sentences as the operator named it.
struct PemFile {
  std::string option;
  std::string path;
  std::string text;

  [[noreturn]] void refuse(const std::string& why) const {
    throw std::invalid_argument(option + ": the file " + path + " " + why);
  }
  bool holds(std::string_view what) const { return text.find(what) != std::string::npos; }
  bool holds_key() const { return holds("PRIVATE KEY-----"); }
  bool holds_certificate() const { return holds("-----BEGIN CERTIFICATE-----"); }
  Text open() const { return Text{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))}; }
};

PemFile read_pem(const std::string& option, const std::string& path) {
  PemFile pem{option, path, {}};
  errno = 0;
  std::ostringstream text;
  if (std::ifstream file{path, std::ios::binary}) text << file.rdbuf();
  if (errno != 0) pem.refuse("cannot be read: " + std::string{std::strerror(errno)} + ".");
  pem.text = text.str();
  if (pem.text.empty()) pem.refuse("is empty.");
  return pem;
}

/// What there is to ask an encrypted key's passphrase of.
int no_passphrase_to_ask(char*, int, int, void*) { return 0; }

Certificates certificates_of(const PemFile& pem) {
  if (!pem.holds_certificate()) {
    pem.refuse(pem.holds_key() ? "holds a private key, and no certificate; are two files swapped?"
                               : "holds no certificate in PEM form (\"-----BEGIN CERTIFICATE-----\").");
  }
  Certificates certificates;
  const Text text = pem.open();
  while (X509* read = PEM_read_bio_X509(text.get(), nullptr, &no_passphrase_to_ask, nullptr)) {
    certificates.emplace_back(read);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end || certificates.empty()) pem.refuse("holds a certificate that is damaged.");
  return certificates;
}

Key key_of(const PemFile& pem) {
  if (pem.holds("ENCRYPTED")) {
    pem.refuse(
        "holds an encrypted key, and there is nobody to ask for its passphrase. Give the key without one ("
        "openssl pkey -in encrypted.pem -out key.pem) in a file that only the server may read.");
  }
  if (!pem.holds_key()) {
    pem.refuse(pem.holds_certificate()
                   ? "holds a certificate, and no private key; are two files swapped?"
                   : "holds no private key in PEM form (\"-----BEGIN PRIVATE KEY-----\").");
  }
  const Text text = pem.open();
  Key key{PEM_read_bio_PrivateKey(text.get(), nullptr, &no_passphrase_to_ask, nullptr)};
  ERR_clear_error();
  if (!key) pem.refuse("holds a private key that is damaged.");
  return key;
}

std::string date_of(const ASN1_TIME* time) {
  std::tm parts{};
  std::array<char, 32> text{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unknown day";
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts)};
}

bool names_host(X509* certificate, const std::string& host) {
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  const std::string bare = in_brackets ? host.substr(1, host.size() - 2) : host;
  return X509_check_host(certificate, bare.data(), bare.size(), 0, nullptr) == 1 ||
         X509_check_ip_asc(certificate, bare.c_str(), 0) == 1;
}

/// Nothing if the authority has signed it, by whichever intermediate ones; its days are another matter.
std::string problem_of_signature(const Certificates& chain, const Certificates& authorities) {
  const Store store{X509_STORE_new()};
  const StoreContext context{X509_STORE_CTX_new()};
  if (!store || !context) throw std::bad_alloc{};
  for (const Certificate& authority : authorities) X509_STORE_add_cert(store.get(), authority.get());
  STACK_OF(X509)* others = sk_X509_new_null();
  for (const Certificate& certificate : chain) sk_X509_push(others, certificate.get());
  std::string problem;
  if (X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), others) == 1) {
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_NO_CHECK_TIME);
    if (X509_verify_cert(context.get()) != 1) {
      problem = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
    }
  }
  sk_X509_free(others);
  ERR_clear_error();
  return problem;
}

}  // namespace

void PemFiles::check() const {
  if (!certificate.empty()) {
    const Certificates chain = certificates_of(read_pem(option_prefix + "certificate", certificate));
    const PemFile key_file = read_pem(option_prefix + "key", key);
    const Key own = key_of(key_file);
    const bool match = X509_check_private_key(chain.front().get(), own.get()) == 1;
    ERR_clear_error();
    if (!match) key_file.refuse("holds another key than the one of the certificate in " + certificate + ".");
  }
  if (!authority.empty()) (void)certificates_of(read_pem(option_prefix + "authority", authority));
}

std::vector<std::string> PemFiles::warnings(std::string_view host,
                                            std::chrono::system_clock::time_point now) const {
  std::vector<std::string> sentences;
  if (certificate.empty()) return sentences;
  const std::string option = option_prefix + "certificate";
  const auto warn = [&](const std::string& what) {
    sentences.push_back(option + ": the certificate in " + certificate + " " + what);
  };
  const Certificates chain = certificates_of(read_pem(option, certificate));
  X509* const own = chain.front().get();
  std::time_t today = std::chrono::system_clock::to_time_t(now);
  std::time_t soon = std::chrono::system_clock::to_time_t(now + limits::certificate_renewal);
  const ASN1_TIME* const end = X509_get0_notAfter(own);
  if (X509_cmp_time(X509_get0_notBefore(own), &today) > 0) {
    warn("is not valid before " + date_of(X509_get0_notBefore(own)) + "; is the clock right?");
  }
  if (X509_cmp_time(end, &today) < 0) {
    warn("has expired at " + date_of(end) + ": others refuse it.");
  } else if (X509_cmp_time(end, &soon) < 0) {
    warn("expires at " + date_of(end) + "; files are read at the start, so a new one needs a restart.");
  }
  if (!host.empty() && !names_host(own, std::string{host})) {
    warn("does not name \"" + std::string{host} +
         "\" (as DNS: or IP: in its subjectAltName): who looks for that "
         "name refuses it.");
  }
  struct stat status {};
  if (::stat(key.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    sentences.push_back(option_prefix + "key: every user of this machine can read " + key +
                        ": take that right away (chmod o-rwx).");
  }
  if (authority.empty()) return sentences;
  const Certificates authorities = certificates_of(read_pem(option_prefix + "authority", authority));
  const std::string problem = problem_of_signature(chain, authorities);
  if (!problem.empty()) {
    warn("is not one of the authority in " + authority + " (" + problem +
         "): who trusts that one refuses it.");
  }
  return sentences;
}

}  // namespace nano
