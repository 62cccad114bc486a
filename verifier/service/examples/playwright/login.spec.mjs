// What people do at the login page, with simulated cards.
import { expect, test } from './chop.mjs'

/** Presses the button, and gives where the page says what came of it. */
async function signIn(page) {
  await page.goto('http://localhost:8000/')
  await page.locator('#sign-in').click()
  return page.locator('#status')
}

test('a company signs in', async ({ page, chop }) => {
  await expect(await signIn(page)).toHaveText('您好，測試股份有限公司')
})

test('a citizen’s card does not open a company’s account', async ({ page, chop }) => {
  await chop.cards('citizen')
  await expect(await signIn(page)).toHaveText('無法登入（card_kind_wrong）')
})

test('an expired card is not offered', async ({ page, chop }) => {
  await chop.cards('expired')
  await expect(await signIn(page)).toHaveText('無法登入（no_certificate）')
})

test('who changes their mind can try again', async ({ page, chop }) => {
  await chop.answers('refuse', 'allow')
  const status = await signIn(page)
  await expect(status).toHaveText('無法登入（user_refused）')
  await page.locator('#sign-in').click()
  await expect(status).toHaveText('您好，測試股份有限公司')
})

test('a wrong PIN is said, and a locked card', async ({ page, chop }) => {
  await chop.cards('locking:2')
  await chop.answers('wrong-pin')
  const status = await signIn(page)
  await expect(status).toHaveText('無法登入（pin_wrong）')
  await page.locator('#sign-in').click()
  await expect(status).toHaveText('無法登入（pin_locked）')
})

test('a card that is pulled out ends the login', async ({ page, chop }) => {
  await chop.cards('pulled')
  await expect(await signIn(page)).toHaveText('無法登入（card_removed）')
})

test('a slow card can be cancelled', async ({ page, chop }) => {
  await chop.cards('slow:60')
  const status = await signIn(page)
  await expect(status).toHaveText('請在 Chop 的視窗繼續。')
  await page.locator('#cancel').click()
  await expect(status).toHaveText('已取消')
})
