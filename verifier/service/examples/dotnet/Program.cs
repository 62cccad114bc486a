// A site with a card login; chop-verify says who signed. .NET 8, no dependency.
// Not run by our tests: the SDK is not in Debian.
using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

const int Most = 16 * 1024;
const string Cookie = "__Host-session";

var chopVerify = new HttpClient
{
    BaseAddress = new Uri(Environment.GetEnvironmentVariable("CHOP_VERIFY")!),
    Timeout = TimeSpan.FromSeconds(10),
};
// Session id to the company's number, empty before it has signed in. Yours are in a database.
var sessions = new ConcurrentDictionary<string, string>();
var app = WebApplication.Create();

app.MapPost("/login/challenge", async (HttpContext context) =>
{
    // The challenge belongs to this browser's session.
    var session = SessionOf(context) ?? NewSession(context);
    var (status, issued) = await Ask("/v1/challenges", new JsonObject { ["session"] = session });
    return Results.Json(issued, statusCode: status == HttpStatusCode.Created ? 200 : 503);
});

app.MapPost("/login/card", async (HttpContext context) =>
{
    if (SessionOf(context) is not { } session || context.Request.ContentLength is null or > Most)
        return Results.Json(new { code = "no_session" }, statusCode: 403);
    using var reader = new StreamReader(context.Request.Body);
    // The assertion goes on as text: nothing in it is read here.
    var (status, verdict) = await Ask("/v1/sign-ins", new JsonObject
    {
        ["session"] = session,
        ["id"] = context.Request.Headers["x-challenge-id"].ToString(),
        ["assertion"] = await reader.ReadToEndAsync(),
    });
    if (status != HttpStatusCode.OK)
        return Results.Json(
            new { code = (string?)verdict["code"] },
            statusCode: status == HttpStatusCode.ServiceUnavailable ? 503 : 403);
    var identity = verdict["signer"]!["identity"]!;
    if ((string?)identity["kind"] != "company")
        return Results.Json(new { code = "card_kind_wrong" }, statusCode: 403);
    // A login has a new session: whoever knew the old one knows nothing of this one.
    sessions.TryRemove(session, out _);
    sessions[NewSession(context)] = (string)identity["ban"]!;
    return Results.Json(new { name = (string?)identity["name"] });
});

foreach (var (path, file, kind) in new[]
{
    ("/", "index.html", "text/html; charset=utf-8"),
    ("/login.js", "login.js", "text/javascript"),
    ("/bridge.js", "bridge.js", "text/javascript"),
})
    app.MapGet(path, () => Results.File(Path.Combine(PageFolder(), file), kind));

app.Run($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT") ?? "8000"}");

// `../page`, as seen from this file, from whichever folder it is run.
static string PageFolder([CallerFilePath] string source = "") =>
    Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "page"));

// Asks chop-verify: the status and the answer; 503 when it does not answer.
async Task<(HttpStatusCode, JsonObject)> Ask(string path, JsonObject question)
{
    try
    {
        using var response = await chopVerify.PostAsJsonAsync(path, question);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>())!);
    }
    catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
    {
        return (HttpStatusCode.ServiceUnavailable, new JsonObject { ["code"] = "site_fault" });
    }
}

string? SessionOf(HttpContext context) =>
    context.Request.Cookies[Cookie] is { } value && sessions.ContainsKey(value) ? value : null;

string NewSession(HttpContext context)
{
    var session = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    sessions[session] = "";
    context.Response.Cookies.Append(Cookie, session, new CookieOptions
    {
        Path = "/", Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax,
    });
    return session;
}
