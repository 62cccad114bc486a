<?php
// A site with a card login; chop-verify says who signed. PHP 8, no dependency.
declare(strict_types=1);

const FILES = [
    '/' => ['index.html', 'text/html; charset=utf-8'],
    '/login.js' => ['login.js', 'text/javascript'],
    '/bridge.js' => ['bridge.js', 'text/javascript'],
];
const MOST = 16 * 1024;

session_name('__Host-session');
session_set_cookie_params(['path' => '/', 'secure' => true, 'httponly' => true, 'samesite' => 'Lax']);
ini_set('session.use_strict_mode', '1');

/** Asks chop-verify: the status and the answer; 503 when it does not answer. */
function ask(string $path, array $question): array
{
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => 'content-type: application/json',
        'content' => json_encode($question, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
        'timeout' => 10,
    ]]);
    $answer = @file_get_contents(getenv('CHOP_VERIFY') . $path, false, $context);
    if ($answer === false) {
        return [503, ['code' => 'site_fault']];
    }
    preg_match('/^HTTP\S* (\d+)/', $http_response_header[0], $status);
    return [(int) $status[1], json_decode($answer, true) ?? ['code' => 'site_fault']];
}

function answer(int $status, array $body): void
{
    http_response_code($status);
    header('content-type: application/json');
    echo json_encode($body, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
}

function challenge(): void
{
    // The challenge belongs to this browser's session.
    session_start();
    [$status, $issued] = ask('/v1/challenges', ['session' => session_id()]);
    answer($status === 201 ? 200 : 503, $issued);
}

function card(): void
{
    session_start();
    // The assertion goes on as text: nothing in it is read here.
    $assertion = file_get_contents('php://input', false, null, 0, MOST);
    [$status, $verdict] = ask('/v1/sign-ins', [
        'session' => session_id(),
        'id' => $_SERVER['HTTP_X_CHALLENGE_ID'] ?? '',
        'assertion' => (string) $assertion,
    ]);
    if ($status !== 200) {
        answer($status === 503 ? 503 : 403, ['code' => $verdict['code'] ?? 'site_fault']);
        return;
    }
    $identity = $verdict['signer']['identity'];
    if ($identity['kind'] !== 'company') {
        answer(403, ['code' => 'card_kind_wrong']);
        return;
    }
    // A login has a new session: whoever knew the old one knows nothing of this one.
    session_regenerate_id(true);
    $_SESSION['ban'] = $identity['ban'];
    answer(200, ['name' => $identity['name']]);
}

$path = (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
match (true) {
    $_SERVER['REQUEST_METHOD'] === 'POST' && $path === '/login/challenge' => challenge(),
    $_SERVER['REQUEST_METHOD'] === 'POST' && $path === '/login/card' => card(),
    $_SERVER['REQUEST_METHOD'] === 'GET' && isset(FILES[$path]) => (function () use ($path) {
        header('content-type: ' . FILES[$path][1]);
        readfile(__DIR__ . '/../page/' . FILES[$path][0]);
    })(),
    default => answer(404, ['code' => 'not_found']),
};
