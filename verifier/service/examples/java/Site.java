// A site with a card login; chop-verify says who signed. Java 17, no dependency.
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

public class Site {
  static final String CHOP_VERIFY = System.getenv("CHOP_VERIFY");
  /** `../page`, as seen from this file, which `java Site.java` runs from whichever folder. */
  static final Path PAGE = page();
  static final int MOST = 16 * 1024;
  static final String SITE_FAULT = "{\"code\":\"site_fault\"}";
  static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** Session id to the company's number, empty before it has signed in. Yours are in a database. */
  static final Map<String, String> SESSIONS = new ConcurrentHashMap<>();

  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8000"));
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/", Site::page);
    server.createContext("/login/challenge", Site::challenge);
    server.createContext("/login/card", Site::card);
    server.start();
  }

  static void challenge(HttpExchange exchange) throws IOException {
    // The challenge belongs to this browser's session.
    String session = session(exchange);
    if (session == null) session = newSession(exchange);
    HttpResponse<String> issued = ask("/v1/challenges", "{\"session\":" + quoted(session) + "}");
    if (issued == null) answer(exchange, 503, SITE_FAULT);
    else answer(exchange, issued.statusCode() == 201 ? 200 : 503, issued.body());
  }

  static void card(HttpExchange exchange) throws IOException {
    String session = session(exchange);
    byte[] body = exchange.getRequestBody().readNBytes(MOST);
    if (session == null) {
      answer(exchange, 403, "{\"code\":\"no_session\"}");
      return;
    }
    String id = exchange.getRequestHeaders().getFirst("x-challenge-id");
    // The assertion goes on as text: nothing in it is read here.
    HttpResponse<String> verdict = ask("/v1/sign-ins", "{\"session\":" + quoted(session)
        + ",\"id\":" + quoted(id == null ? "" : id)
        + ",\"assertion\":" + quoted(new String(body, StandardCharsets.UTF_8)) + "}");
    // Java has no JSON of its own; these are fields of chop-verify's own answer. Use your library.
    if (verdict == null) {
      answer(exchange, 503, SITE_FAULT);
    } else if (verdict.statusCode() != 200) {
      answer(exchange, 403, "{\"code\":" + quoted(field(verdict, "code")) + "}");
    } else if (!"company".equals(field(verdict, "kind"))) {
      answer(exchange, 403, "{\"code\":\"card_kind_wrong\"}");
    } else {
      // A login has a new session: whoever knew the old one knows nothing of this one.
      SESSIONS.remove(session);
      SESSIONS.put(newSession(exchange), field(verdict, "ban"));
      Pattern identity = Pattern.compile("\"identity\":\\{[^}]*\"name\":\"((?:[^\"\\\\]|\\\\.)*)\"");
      var name = identity.matcher(verdict.body());
      answer(exchange, 200, "{\"name\":\"" + (name.find() ? name.group(1) : "") + "\"}");
    }
  }

  /** Asks chop-verify; null when it does not answer. */
  static HttpResponse<String> ask(String path, String question) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(CHOP_VERIFY + path))
        .timeout(Duration.ofSeconds(10))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(question))
        .build();
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException silent) {
      return null;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    }
  }

  static String session(HttpExchange exchange) {
    String cookies = String.join(";", exchange.getRequestHeaders().getOrDefault("cookie", java.util.List.of()));
    var cookie = Pattern.compile("(?:^|;\\s*)__Host-session=([^;]+)").matcher(cookies);
    return cookie.find() && SESSIONS.containsKey(cookie.group(1)) ? cookie.group(1) : null;
  }

  static String newSession(HttpExchange exchange) {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    String session = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    SESSIONS.put(session, "");
    exchange.getResponseHeaders().add("set-cookie",
        "__Host-session=" + session + "; Path=/; Secure; HttpOnly; SameSite=Lax");
    return session;
  }

  static String field(HttpResponse<String> verdict, String name) {
    var field = Pattern.compile("\"" + name + "\":\"([^\"\\\\]*)\"").matcher(verdict.body());
    return field.find() ? field.group(1) : "site_fault";
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') quoted.append('\\').append(c);
      else if (c < ' ' || Character.isSurrogate(c)) quoted.append(String.format("\\u%04x", (int) c));
      else quoted.append(c);
    }
    return quoted.append('"').toString();
  }

  static Path page() {
    String source = Site.class.getProtectionDomain().getCodeSource().getLocation().toString();
    return Path.of(URI.create(source)).getParent().resolveSibling("page");
  }

  static void page(HttpExchange exchange) throws IOException {
    String name = Map.of("/", "index.html", "/login.js", "login.js", "/bridge.js", "bridge.js")
        .get(exchange.getRequestURI().getPath());
    if (name == null || !Files.isRegularFile(PAGE.resolve(name))) {
      answer(exchange, 404, "{\"code\":\"not_found\"}");
      return;
    }
    String kind = name.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
    send(exchange, 200, kind, Files.readAllBytes(PAGE.resolve(name)));
  }

  static void answer(HttpExchange exchange, int status, String json) throws IOException {
    send(exchange, status, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  static void send(HttpExchange exchange, int status, String kind, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("content-type", kind);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
